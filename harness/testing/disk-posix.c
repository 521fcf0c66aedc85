/* A list of what POSIX and Linux say about files, tried in the directory given: prints the result of each step. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define USER 1234

static void say(const char *what, long result) {
  printf("%s: %ld%s%s\n", what, result, result < 0 ? " " : "", result < 0 ? strerrorname_np(errno) : "");
}

/* The step in its own words, with its result. */
#define TRY(call) (errno = 0, say(#call, (long)(call)))

static void look(const char *name) {
  struct stat s;
  if (lstat(name, &s) != 0) return say(name, -1);
  printf("%s: mode %o links %ld owner %d:%d size %ld\n", name, s.st_mode, (long)s.st_nlink, s.st_uid, s.st_gid,
         S_ISDIR(s.st_mode) ? -1L : (long)s.st_size);
}

static void file(const char *name, mode_t mode, const char *content) {
  int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, mode);
  if (fd < 0 || write(fd, content, strlen(content)) < 0) say(name, -1);
  close(fd);
}

/* Does something as a user without privileges; its lines come in between. */
static void as_user(void (*act)(void)) {
  pid_t child = fork();
  if (child == 0) {
    if (setgid(USER) != 0 || setuid(USER) != 0) _exit(1);
    act();
    _exit(0);
  }
  waitpid(child, NULL, 0);
}

static void list_xattrs(const char *name) {
  char names[70000];
  ssize_t length = listxattr(name, names, sizeof names);
  say("listxattr", length);
  for (ssize_t at = 0; at < length; at += (ssize_t)strlen(names + at) + 1) {
    char value[70000];
    ssize_t size = getxattr(name, names + at, value, sizeof value);
    printf("  %s: %zd bytes, first %d\n", names + at, size, size > 0 ? value[0] : -1);
  }
}

static void xattrs_as_user(void) {
  TRY(setxattr("x", "user.theirs", "1", 1, 0));
  TRY(setxattr("x", "trusted.theirs", "1", 1, 0));
  TRY(getxattr("x", "trusted.ours", NULL, 0));
  list_xattrs("x");
}

static void xattrs(void) {
  static char big[70000], small[2];
  memset(big, 'b', sizeof big);
  file("x", 0644, "x");
  mkdir("xd", 0755);
  symlink("x", "xl");
  TRY(getxattr("x", "user.a", NULL, 0));
  TRY(listxattr("x", NULL, 0));
  TRY(setxattr("x", "user.a", "\0one", 4, 0));
  TRY(setxattr("x", "user.a", "2", 1, XATTR_CREATE));
  TRY(setxattr("x", "user.b", "2", 1, XATTR_REPLACE));
  TRY(setxattr("x", "user.b", "2", 1, XATTR_CREATE));
  TRY(setxattr("x", "user.a", "3", 1, XATTR_REPLACE));
  TRY(setxattr("x", "user.empty", "", 0, 0));
  TRY(setxattr("x", "user.caf\xe9", "latin", 5, 0));
  TRY(setxattr("xl", "user.through", "1", 1, 0));
  TRY(lsetxattr("xl", "user.link", "1", 1, 0));
  TRY(lsetxattr("xl", "trusted.link", "1", 1, 0));
  TRY(lgetxattr("xl", "trusted.link", NULL, 0));
  TRY(setxattr("x", "trusted.ours", "1", 1, 0));
  TRY(setxattr("x", "security.ours", "1", 1, 0));
  TRY(setxattr("x", "nonsense", "1", 1, 0));
  TRY(setxattr("x", "unknown.space", "1", 1, 0));
  TRY(setxattr("x", "user.", "1", 1, 0));
  TRY(setxattr("xd", "user.d", "1", 1, 0));
  TRY(getxattr("x", "user.through", small, 0));
  TRY(getxattr("x", "user.caf\xe9", small, 2));
  TRY(listxattr("x", small, 2));
  TRY(setxattr("x", "user.big", big, 3000, 0));
  TRY(setxattr("x", "user.too big for a block", big, 5000, 0));
  TRY(setxattr("x", "user.too big for all", big, 65537, 0));
  TRY(removexattr("x", "user.b"));
  TRY(removexattr("x", "user.b"));
  TRY(setxattr("missing", "user.a", "1", 1, 0));
  int fd = open("x", O_RDWR);
  TRY(fsetxattr(fd, "user.open", "1", 1, 0));
  unlink("x");
  TRY(fgetxattr(fd, "user.open", NULL, 0));
  TRY(fsetxattr(fd, "user.gone", "1", 1, 0));
  close(fd);
  file("x", 0644, "x");
  setxattr("x", "user.ours", "1", 1, 0), setxattr("x", "trusted.ours", "1", 1, 0);
  rename("x", "y"), rename("y", "x");
  list_xattrs("x"), list_xattrs("xd");
  as_user(xattrs_as_user);
  TRY(setxattr("x", "security.capability", "\1\0\0\2\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20, 0));
  TRY(getxattr("x", "security.capability", NULL, 0));
  fd = open("x", O_WRONLY);
  TRY(write(fd, "changed", 7));
  TRY(fgetxattr(fd, "security.capability", NULL, 0));
  close(fd);
}

static void seeks(void) {
  int fd = open("seek", O_RDWR | O_CREAT, 0644);
  static char block[65536];
  TRY(lseek(fd, 0, SEEK_DATA));
  TRY(lseek(fd, 0, SEEK_HOLE));
  TRY(ftruncate(fd, 100L << 30));
  TRY(lseek(fd, 0, SEEK_DATA));
  TRY(pwrite(fd, block, sizeof block, 50L << 30));
  TRY(pwrite(fd, block, sizeof block, 1 << 20));
  fsync(fd);
  TRY(lseek(fd, 0, SEEK_DATA));
  TRY(lseek(fd, 1 << 20, SEEK_HOLE));
  TRY(lseek(fd, 2 << 20, SEEK_DATA));
  TRY(lseek(fd, (50L << 30) + 5, SEEK_DATA));
  TRY(lseek(fd, 50L << 30, SEEK_HOLE));
  TRY(lseek(fd, 60L << 30, SEEK_DATA));
  TRY(lseek(fd, 60L << 30, SEEK_HOLE));
  TRY(lseek(fd, 100L << 30, SEEK_HOLE));
  TRY(lseek(fd, 0, SEEK_END));
  TRY(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 1 << 20, sizeof block));
  TRY(lseek(fd, 0, SEEK_DATA));
  close(fd);
  unlink("seek");
}

static void show_times(const char *name) {
  struct stat s;
  lstat(name, &s);
  printf("%s: atime %ld.%09ld mtime %ld.%09ld\n", name, s.st_atim.tv_sec, s.st_atim.tv_nsec, s.st_mtim.tv_sec,
         s.st_mtim.tv_nsec);
}

/* Whether the modification was within the last minute: the time itself differs from run to run. */
static void is_now(const char *name) {
  struct stat s;
  lstat(name, &s);
  printf("%s: atime %d mtime %d ctime %d\n", name, labs(time(NULL) - s.st_atim.tv_sec) < 60,
         labs(time(NULL) - s.st_mtim.tv_sec) < 60, labs(time(NULL) - s.st_ctim.tv_sec) < 60);
}

static void times_as_user(void) {
  struct timespec both[2] = {{1, 1}, {2, 2}};
  TRY(utimensat(AT_FDCWD, "t", both, 0));
  TRY(utimensat(AT_FDCWD, "t", NULL, 0));
}

static void times(void) {
  file("t", 0644, "t");
  symlink("t", "tl");
  struct timespec exact[2] = {{1700000000, 123456789}, {1700000001, 987654321}};
  struct timespec before[2] = {{-5, 999999999}, {-1000000000, 1}}, far[2] = {{4294967296, 7}, {8000000000, 8}};
  struct timespec omit_a[2] = {{0, UTIME_OMIT}, {1700000002, 5}}, omit_m[2] = {{1700000003, 6}, {0, UTIME_OMIT}};
  struct timespec now[2] = {{0, UTIME_NOW}, {0, UTIME_OMIT}}, bad[2] = {{0, 1000000000}, {0, 0}};
  TRY(utimensat(AT_FDCWD, "t", exact, 0));
  show_times("t");
  TRY(utimensat(AT_FDCWD, "t", omit_a, 0));
  show_times("t");
  TRY(utimensat(AT_FDCWD, "t", omit_m, 0));
  show_times("t");
  TRY(utimensat(AT_FDCWD, "t", before, 0));
  show_times("t");
  TRY(utimensat(AT_FDCWD, "t", far, 0));
  show_times("t");
  TRY(utimensat(AT_FDCWD, "tl", exact, AT_SYMLINK_NOFOLLOW));
  show_times("tl");
  show_times("t");
  TRY(utimensat(AT_FDCWD, "t", bad, 0));
  TRY(utimensat(AT_FDCWD, "missing", exact, 0));
  TRY(utimensat(AT_FDCWD, "t", now, 0));
  is_now("t");
  TRY(utimensat(AT_FDCWD, "t", NULL, 0));
  is_now("t");
  as_user(times_as_user);
  TRY(utimensat(AT_FDCWD, "t", exact, 0));
  TRY(chmod("t", 0600));
  show_times("t");
  TRY(rename("t", "t2"));
  show_times("t2");
  int fd = open("t2", O_WRONLY);
  TRY(ftruncate(fd, 1));
  is_now("t2");
  TRY(utimensat(AT_FDCWD, "t2", exact, 0));
  TRY(write(fd, "", 0));
  show_times("t2");
  TRY(write(fd, "x", 1));
  is_now("t2");
  close(fd);
}

static void set_ids_as_user(void) {
  int fd = open("suid", O_WRONLY);
  TRY(write(fd, "x", 1));
  close(fd);
  look("suid");
}

static void set_ids(void) {
  umask(0);
  int fd = open("suid", O_WRONLY | O_CREAT, 06777);
  look("suid");
  TRY(write(fd, "x", 1));
  look("suid");
  close(fd);
  as_user(set_ids_as_user);
  TRY(chmod("suid", 06777));
  TRY(truncate("suid", 0));
  look("suid");
  TRY(chown("suid", USER, USER));
  look("suid");
  TRY(chmod("suid", 02666));
  TRY(chown("suid", 0, 0));
  look("suid");
  TRY(mkdir("sticky", 07777));
  look("sticky");
  TRY(mkdir("sticky/in", 0700));
  look("sticky/in");
  TRY(chown("sticky", USER, USER + 1));
  look("sticky");
  close(open("sticky/f", O_WRONLY | O_CREAT, 02644));
  look("sticky/f");
  TRY(symlink("f", "sticky/l"));
  look("sticky/l");
  TRY(mkfifo("sticky/p", 0604));
  look("sticky/p");
  umask(022);
}

static void access_as_user(void) {
  TRY(open("private/f", O_RDONLY));
  TRY(open("readable", O_RDONLY) >= 0);
  TRY(open("readable", O_WRONLY));
  TRY(chmod("readable", 0777));
  TRY(chown("readable", USER, USER));
  TRY(truncate("readable", 0));
  TRY(access("readable", R_OK));
  TRY(access("readable", W_OK));
  TRY(access("readable", X_OK));
  TRY(unlink("readable"));
  TRY(rename("readable", "elsewhere"));
  TRY(link("readable", "open/link"));
  TRY(mkdir("new", 0755));
  TRY(open("open/mine", O_WRONLY | O_CREAT, 0600) >= 0);
  look("open/mine");
  TRY(unlink("open/roots"));
  TRY(rename("open/roots", "open/taken"));
  TRY(rename("open/mine", "open/roots"));
  TRY(chown("open/mine", 0, 0));
  TRY(chmod("open/mine", 04700));
  look("open/mine");
  TRY(mknod("open/null", S_IFCHR | 0666, makedev(1, 3)));
  TRY(mkfifo("open/fifo", 0600));
  TRY(unlink("open/mine"));
  TRY(opendir("private") != NULL);
}

static void accesses(void) {
  mkdir("private", 0700), file("private/f", 0644, "f");
  file("readable", 0644, "r");
  mkdir("open", 0777), chmod("open", 01777), file("open/roots", 0644, "r");
  as_user(access_as_user);
  TRY(access("readable", X_OK));
  TRY(mknod("null", S_IFCHR | 0666, makedev(1, 3)));
  look("null");
  TRY(open("null", O_RDWR) >= 0);
  TRY(mknod("plain", S_IFREG | 0640, 0));
  look("plain");
}

int main(int count, char **arguments) {
  if (count != 2 || chdir(arguments[1]) != 0) return 1;
  setbuf(stdout, NULL);
  umask(022);
  xattrs();
  seeks();
  times();
  set_ids();
  accesses();
  return 0;
}
