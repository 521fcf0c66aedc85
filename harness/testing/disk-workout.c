/* Memory maps, locks, fallocate, positioned, vectored and direct I/O on the directory given; one line per step. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *step, long result) {
  printf("%s: %ld%s%s\n", step, result, result < 0 ? " " : "", result < 0 ? strerrorname_np(errno) : "");
}

static long sum(int fd) {
  unsigned char buffer[8192];
  long total = 0, n, at = 0;
  while ((n = pread(fd, buffer, sizeof buffer, at)) > 0) {
    for (long i = 0; i < n; i++) total = (total * 31 + buffer[i]) % 1000000007;
    at += n;
  }
  return total;
}

/* What another process gets when it requests the lock. */
static int other_locks(const char *file, int posix) {
  pid_t child = fork();
  if (child == 0) {
    int fd = open(file, O_RDWR);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int result = posix ? fcntl(fd, F_SETLK, &lock) : flock(fd, LOCK_EX | LOCK_NB);
    _exit(result == 0 ? 0 : errno == EAGAIN || errno == EWOULDBLOCK ? 1 : 2);
  }
  int status;
  waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

int main(int argc, char **argv) {
  struct stat st;
  if (argc < 2 || chdir(argv[1]) != 0) return 1;
  int fd = open("mapped", O_RDWR | O_CREAT, 0600);
  say("ftruncate", ftruncate(fd, 20000));
  char *map = mmap(0, 20000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  say("mmap", map == MAP_FAILED ? -1 : 0);
  for (int i = 0; i < 20000; i++) map[i] = (char)(i * 7);
  say("msync", msync(map, 20000, MS_SYNC));
  say("sum through read", sum(fd));
  say("pwrite under the map", pwrite(fd, "below", 5, 9999));
  say("seen in the map", memcmp(map + 9999, "below", 5));
  say("munmap", munmap(map, 20000));
  say("sum after", sum(fd));
  map = mmap(0, 20000, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  map[0] = 'X';
  say("a private map changes nothing", sum(fd));
  munmap(map, 20000);

  say("flock", flock(fd, LOCK_EX | LOCK_NB));
  say("another's flock", other_locks("mapped", 0));
  say("unlock", flock(fd, LOCK_UN));
  say("another's flock then", other_locks("mapped", 0));
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0};
  say("posix lock", fcntl(fd, F_SETLK, &lock));
  say("another's posix lock", other_locks("mapped", 1));
  lock.l_type = F_UNLCK;
  say("posix unlock", fcntl(fd, F_SETLK, &lock));
  say("another's posix lock then", other_locks("mapped", 1));

  say("fallocate", fallocate(fd, 0, 0, 100000));
  fstat(fd, &st);
  say("size", st.st_size);
  say("fallocate keeping the size", fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 200000));
  fstat(fd, &st);
  say("size", st.st_size);
  say("posix_fallocate", posix_fallocate(fd, 0, 150000));
  say("sum", sum(fd));

  struct iovec parts[3] = {{"one", 3}, {"two", 3}, {"three", 5}};
  say("pwritev", pwritev(fd, parts, 3, 777));
  say("lseek to the end", lseek(fd, 0, SEEK_END));
  say("sum", sum(fd));
  say("fdatasync", fdatasync(fd));
  say("close", close(fd));

  fd = open("direct", O_RDWR | O_CREAT | O_DIRECT | O_DSYNC, 0600);
  say("open direct", fd < 0 ? -1 : 0);
  char *aligned = aligned_alloc(4096, 16384);
  memset(aligned, 'd', 16384);
  say("direct write", pwrite(fd, aligned, 16384, 8192));
  memset(aligned, 0, 16384);
  say("direct read", pread(fd, aligned, 16384, 8192));
  say("content", aligned[0] == 'd' && aligned[16383] == 'd');
  close(fd);

  fd = open("appended", O_WRONLY | O_CREAT | O_APPEND, 0600);
  say("append", write(fd, "first", 5));
  say("append wherever it stands", pwrite(fd, "second", 6, 0));
  fstat(fd, &st);
  say("size", st.st_size);
  close(fd);
  say("rename without replacing", renameat2(AT_FDCWD, "direct", AT_FDCWD, "appended", RENAME_NOREPLACE));
  say("access", access("appended", W_OK));
  say("statvfs of a file", access("nowhere", F_OK));
  return 0;
}
