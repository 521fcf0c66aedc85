/* What POSIX says about names, links, renames and removal, tried in the directory given: prints the result of each step. */
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
#include <unistd.h>

static void say(const char *what, long result) {
  printf("%s: %ld%s%s\n", what, result, result < 0 ? " " : "", result < 0 ? strerrorname_np(errno) : "");
}

#define TRY(call) (errno = 0, say(#call, (long)(call)))

static void look(const char *name) {
  struct stat s;
  if (lstat(name, &s) != 0) return say(name, -1);
  printf("%s: type %o links %ld size %ld\n", name, s.st_mode & S_IFMT, (long)s.st_nlink,
         S_ISDIR(s.st_mode) ? -1L : (long)s.st_size);
}

static void file(const char *name, const char *content) {
  int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (fd < 0 || write(fd, content, strlen(content)) < 0) say(name, -1);
  close(fd);
}

static void show(const char *name) {
  char text[100] = {0};
  int fd = open(name, O_RDONLY);
  ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
  printf("%s contains %zd: %s\n", name, length, text);
  close(fd);
}

/* Every kind of file renamed over every kind, without and with each flag. */
static void renames(void) {
  const char *kinds[] = {"file", "dir", "full", "link", "fifo", "missing"};
  for (unsigned flag = 0; flag < 4; flag++)
    for (int from = 0; from < 6; from++)
      for (int to = 0; to < 6; to++) {
        char a[40], b[40], full[60];
        snprintf(a, sizeof a, "%u-%s-%s-a", flag, kinds[from], kinds[to]);
        snprintf(b, sizeof b, "%u-%s-%s-b", flag, kinds[from], kinds[to]);
        for (int i = 0; i < 2; i++) {
          const char *name = i == 0 ? a : b, *kind = kinds[i == 0 ? from : to];
          if (strcmp(kind, "file") == 0) file(name, name);
          if (strcmp(kind, "dir") == 0 || strcmp(kind, "full") == 0) mkdir(name, 0755);
          if (strcmp(kind, "full") == 0) snprintf(full, sizeof full, "%s/in", name), file(full, full);
          if (strcmp(kind, "link") == 0) symlink(name, name);
          if (strcmp(kind, "fifo") == 0) mkfifo(name, 0600);
        }
        errno = 0;
        int result = renameat2(AT_FDCWD, a, AT_FDCWD, b, flag);
        printf("rename %s to %s, flags %u: %d %s\n", kinds[from], kinds[to], flag, result,
               result < 0 ? strerrorname_np(errno) : "");
        look(a), look(b);
      }
}

static void trees(void) {
  mkdir("p", 0755), mkdir("p/q", 0755), mkdir("p/q/r", 0755);
  look("p"), look("p/q");
  TRY(rename("p", "p/q/x"));
  TRY(rename("p/q", "p"));
  TRY(rename("p/q", "p/q"));
  TRY(rename("p/.", "x"));
  TRY(rename("p/q/r", "r"));
  look("p"), look("p/q"), look("r");
  TRY(rmdir("p"));
  TRY(rmdir("p/q/."));
  TRY(rmdir("p/q/.."));
  TRY(rmdir("p/q"));
  look("p");
  TRY(unlink("p"));
  file("f", "f");
  TRY(rmdir("f"));
  TRY(rmdir("missing"));
  TRY(mkdir("f", 0755));
  TRY(mkdir("f/x", 0755));
  TRY(mkdir("missing/x", 0755));
  TRY(open("f/x", O_RDONLY));
  TRY(open("f", O_RDONLY | O_DIRECTORY));
  TRY(open("p", O_WRONLY));
  TRY(open("p", O_RDWR | O_CREAT, 0644));
  TRY(open("f", O_RDWR | O_CREAT | O_EXCL, 0644));
  TRY(truncate("p", 0));
  TRY(truncate("f", -1));
  TRY(link("p", "hard"));
  TRY(unlink("missing"));
  TRY(rename("missing", "x"));
  TRY(rename("f", "missing/x"));
  TRY(open("", O_RDONLY));
  mkdir("cwd", 0755), chdir("cwd"), rmdir("../cwd");
  TRY(open("x", O_WRONLY | O_CREAT, 0644));
  TRY(mkdir("x", 0755));
  look(".");
  chdir("..");
}

static void links(void) {
  file("one", "content");
  TRY(link("one", "two"));
  TRY(link("one", "two"));
  TRY(link("missing", "three"));
  TRY(link("one", "missing/x"));
  mkdir("sub", 0755);
  TRY(link("one", "sub/three"));
  look("one"), look("sub/three");
  TRY(rename("one", "two"));
  look("one"), look("two");
  TRY(unlink("one"));
  TRY(rename("two", "sub/two"));
  show("sub/two"), show("sub/three"), look("sub/three");
  TRY(unlink("sub/two"));
  show("sub/three"), look("sub/three");
  TRY(symlink("loop", "loop"));
  TRY(open("loop", O_RDONLY));
  TRY(open("loop", O_RDONLY | O_NOFOLLOW));
  TRY(symlink("sub/three", "soft"));
  show("soft");
  TRY(open("soft", O_WRONLY | O_CREAT | O_EXCL, 0644));
  TRY(link("soft", "hardsoft"));
  look("hardsoft");
  TRY(linkat(AT_FDCWD, "soft", AT_FDCWD, "followed", AT_SYMLINK_FOLLOW));
  look("followed");
  TRY(symlink("", "empty"));
  TRY(symlink("x", "soft"));
  TRY(rename("soft", "softer"));
  char target[5000];
  memset(target, 't', sizeof target), target[4095] = 0;
  TRY(symlink(target, "long"));
  TRY(readlink("long", target, sizeof target));
  TRY(readlink("long", target, 7));
  TRY(readlink("sub", target, 7));
  char name[300];
  memset(name, 'n', sizeof name), name[255] = 0;
  TRY(mkdir(name, 0755));
  TRY(rename(name, "short"));
  TRY(rename("short", name));
  TRY(rmdir(name));
  name[255] = 'n', name[256] = 0;
  TRY(mkdir(name, 0755));
  TRY(symlink("x", name));
  TRY(link("followed", name));
  TRY(rename("followed", name));
  TRY(access(name, F_OK));
  TRY(unlink("a\\b\n\x01"));
  file("a\\b\n\x01 \xff", "odd");
  show("a\\b\n\x01 \xff");
}

static void removed(void) {
  file("held", "held"), file("over", "over"), file("above", "above");
  int held = open("held", O_RDWR), over = open("over", O_RDWR);
  TRY(unlink("held"));
  TRY(rename("above", "over"));
  struct stat s;
  char text[20] = {0}, self[40];
  fstat(held, &s), printf("links %ld\n", (long)s.st_nlink);
  fstat(over, &s), printf("links %ld\n", (long)s.st_nlink);
  TRY(pwrite(held, "HELD!", 5, 0));
  TRY(pwrite(over, "OVER", 4, 0));
  TRY(fchmod(held, 0600));
  TRY(ftruncate(held, 3));
  TRY(fsync(held));
  pread(held, text, 10, 0), printf("%s\n", text);
  pread(over, text, 10, 0), printf("%s\n", text);
  snprintf(self, sizeof self, "/proc/self/fd/%d", held);
  TRY(open(self, O_RDONLY) >= 0);
  TRY(linkat(AT_FDCWD, self, AT_FDCWD, "again", AT_SYMLINK_FOLLOW));
  file("held", "another");
  show("held"), show("over");
  close(held), close(over);
  show("held");
}

static void nameless(void) {
  int fd = open(".", O_TMPFILE | O_RDWR, 0640);
  say("O_TMPFILE", fd < 0 ? -1 : 0);
  struct stat s;
  char text[20] = {0}, self[40];
  fstat(fd, &s), printf("mode %o links %ld\n", s.st_mode, (long)s.st_nlink);
  TRY(write(fd, "nameless", 8));
  TRY(pread(fd, text, 20, 0));
  snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
  TRY(linkat(AT_FDCWD, self, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
  fstat(fd, &s), printf("links %ld\n", (long)s.st_nlink);
  look("named"), show("named");
  TRY(linkat(AT_FDCWD, self, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
  TRY(unlink("named"));
  close(fd);
  fd = open(".", O_TMPFILE | O_RDWR | O_EXCL, 0640);
  snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
  TRY(linkat(AT_FDCWD, self, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
  close(fd);
  TRY(open(".", O_TMPFILE | O_RDONLY, 0640));
  TRY(open("held", O_TMPFILE | O_RDWR, 0640));
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

/* The number and the type in the entry are those of the file. */
static void listing(void) {
  struct dirent **entries;
  int count = scandir(".", &entries, NULL, by_name);
  printf("%d entries\n", count);
  for (int i = 0; i < count; i++) {
    struct stat s;
    lstat(entries[i]->d_name, &s);
    if (strcmp(entries[i]->d_name, "..") == 0) continue;
    printf("%s: number %d type %d\n", entries[i]->d_name, s.st_ino == entries[i]->d_ino,
           IFTODT(s.st_mode) == entries[i]->d_type);
  }
  struct statvfs v;
  TRY(statvfs(".", &v));
  printf("block %lu fragment %lu name %lu\n", v.f_bsize, v.f_frsize, v.f_namemax);
}

static void deep(void) {
  char name[200];
  memset(name, 'd', sizeof name), name[199] = 0;
  int depth = 0;
  for (; depth < 60; depth++)
    if (mkdir(name, 0755) != 0 || chdir(name) != 0) break;
  printf("%d levels\n", depth);
  file("leaf", "leaf"), show("leaf");
  TRY(rename("leaf", "../leaf"));
  show("../leaf");
}

int main(int count, char **arguments) {
  if (count != 2 || chdir(arguments[1]) != 0) return 1;
  setbuf(stdout, NULL);
  umask(022);
  renames();
  trees();
  links();
  removed();
  nameless();
  listing();
  deep();
  return 0;
}
