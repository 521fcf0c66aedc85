/* What programs do rarely with a data directory: prints the result of each step. `--exchange A B` only exchanges names. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *what, int result) { printf("%s: %d %s\n", what, result, result < 0 ? strerror(errno) : ""); }

static void bytes(const char *what, int fd, off_t at) {
  char buffer[4] = {0};
  printf("%s: %zd %d\n", what, pread(fd, buffer, 1, at), buffer[0]);
}

static void sockets(void) {
  struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "socket"};
  int server = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
  say("bind", bind(server, (struct sockaddr *)&name, sizeof name));
  say("listen", listen(server, 1));
  say("connect", connect(client, (struct sockaddr *)&name, sizeof name));
  struct stat stat;
  say("lstat", lstat("socket", &stat));
  printf("is a socket: %d, mode %o\n", S_ISSOCK(stat.st_mode), stat.st_mode & 0777);
  say("bind again", bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&name, sizeof name));
  say("unlink", unlink("socket"));
}

static void fifos(void) {
  say("mkfifo", mkfifo("fifo", 0640));
  pid_t writer = fork();
  if (writer == 0) {
    int fd = open("fifo", O_WRONLY);
    _exit(write(fd, "x", 1) != 1);
  }
  char c = 0;
  int fd = open("fifo", O_RDONLY);
  printf("read: %zd %c\n", read(fd, &c, 1), c);
  int status;
  waitpid(writer, &status, 0);
  printf("writer: %d\n", status);
}

static void holes(void) {
  int fd = open("holes", O_RDWR | O_CREAT, 0644);
  char page[4096];
  memset(page, 'x', sizeof page);
  for (int i = 0; i < 16; i++) pwrite(fd, page, sizeof page, i * 4096);
  say("punch", fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096, 8192));
  bytes("before", fd, 4095), bytes("in the hole", fd, 4096), bytes("after", fd, 12288);
  say("zero", fallocate(fd, FALLOC_FL_ZERO_RANGE, 60000, 20000));
  struct stat stat;
  fstat(fd, &stat);
  printf("size %ld\n", (long)stat.st_size);
  bytes("zeroed", fd, 60000), bytes("not zeroed", fd, 59999);
  say("reserve", fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 1 << 20));
  fstat(fd, &stat);
  printf("size %ld, reserved %d\n", (long)stat.st_size, stat.st_blocks * 512 >= 1 << 20);
}

static void groups(void) {
  say("mkdir", mkdir("group", 0755));
  say("chown", chown("group", 0, 1234));
  say("chmod", chmod("group", 02755));
  close(open("group/file", O_WRONLY | O_CREAT, 0644));
  mkdir("group/sub", 0755);
  struct stat stat;
  lstat("group/file", &stat);
  printf("file: gid %d\n", stat.st_gid);
  lstat("group/sub", &stat);
  printf("directory: gid %d, mode %o\n", stat.st_gid, stat.st_mode & 07777);
}

int main(int count, char **arguments) {
  if (count == 4) return renameat2(AT_FDCWD, arguments[2], AT_FDCWD, arguments[3], RENAME_EXCHANGE) != 0;
  if (count != 2 || chdir(arguments[1]) != 0) return 1;
  setbuf(stdout, NULL);
  sockets();
  fifos();
  holes();
  groups();
  mkdir("left", 0755);
  close(open("right", O_WRONLY | O_CREAT, 0644));
  say("exchange", renameat2(AT_FDCWD, "left", AT_FDCWD, "right", RENAME_EXCHANGE));
  struct stat stat;
  lstat("right", &stat);
  printf("right is a directory: %d\n", S_ISDIR(stat.st_mode));
  say("exchange with nothing", renameat2(AT_FDCWD, "left", AT_FDCWD, "nothing", RENAME_EXCHANGE));
  return 0;
}
