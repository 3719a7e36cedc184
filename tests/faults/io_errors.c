/* Fails the n-th call on files below a folder, once or from then on; loaded with LD_PRELOAD.
 *
 *   io_fail("/folder", kinds, n, sticky, errno)   from now on, count calls of these kinds
 *   io_seen()                                     how many there were
 *   io_off()                                      fail nothing more
 *
 * With ENOSPC a write writes its first half, as a disk does that fills up on the way.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { READ = 1, WRITE = 2, SYNC = 4, OPEN = 8, MOVE = 16, CUT = 32, REMOVE = 64, MAKE = 128 };

static char folder[4096];
static int kinds, sticky, error_number;
static long wanted, seen;

void io_fail(const char *path, int which, long nth, int from_then_on, int number) {
    snprintf(folder, sizeof folder, "%s", path);
    wanted = nth, sticky = from_then_on, error_number = number, seen = 0, kinds = which;
}
long io_seen(void) { return seen; }
void io_off(void) { kinds = 0; }

static int below(const char *path) {
    size_t size = strlen(folder);
    return size && !strncmp(path, folder, size) && (path[size] == '/' || !path[size]);
}

static int place_of(int descriptor, char *path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, size - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return 1;
}

static int fails(int kind, const char *path) {
    if (!(kinds & kind) || !below(path)) return 0;
    seen++;
    if (sticky ? seen < wanted : seen != wanted) return 0;
    errno = error_number;
    return 1;
}

static int fails_at(int kind, int folder_at, const char *path) {
    char whole[8192], base[4096];
    if (!(kinds & kind)) return 0;
    if (path[0] == '/' || folder_at == AT_FDCWD || !place_of(folder_at, base, sizeof base))
        return fails(kind, path);
    snprintf(whole, sizeof whole, "%s/%s", base, path);
    return fails(kind, whole);
}

static int fails_on(int kind, int descriptor) {
    char path[4096];
    if (!(kinds & kind) || !place_of(descriptor, path, sizeof path)) return 0;
    return fails(kind, path);
}

#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)
#define MODE \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
    va_end(rest)

#define OPENS(name) \
    int name(const char *path, int flags, ...) { \
        REAL(name); \
        MODE; \
        return fails(OPEN, path) ? -1 : real(path, flags, mode); \
    }
OPENS(open)
OPENS(open64)

#define OPENS_AT(name) \
    int name(int at, const char *path, int flags, ...) { \
        REAL(name); \
        MODE; \
        return fails_at(OPEN, at, path) ? -1 : real(at, path, flags, mode); \
    }
OPENS_AT(openat)
OPENS_AT(openat64)

ssize_t read(int file, void *data, size_t size) {
    REAL(read);
    return fails_on(READ, file) ? -1 : real(file, data, size);
}
ssize_t pread(int file, void *data, size_t size, off_t at) {
    REAL(pread);
    return fails_on(READ, file) ? -1 : real(file, data, size, at);
}
ssize_t pread64(int file, void *data, size_t size, off64_t at) {
    REAL(pread64);
    return fails_on(READ, file) ? -1 : real(file, data, size, at);
}

static int half(size_t size) { return errno == ENOSPC && sticky && seen == wanted && size > 1; }

ssize_t write(int file, const void *data, size_t size) {
    REAL(write);
    if (!fails_on(WRITE, file)) return real(file, data, size);
    return half(size) ? real(file, data, size / 2) : -1;
}
ssize_t pwrite(int file, const void *data, size_t size, off_t at) {
    REAL(pwrite);
    if (!fails_on(WRITE, file)) return real(file, data, size, at);
    return half(size) ? real(file, data, size / 2, at) : -1;
}
ssize_t pwrite64(int file, const void *data, size_t size, off64_t at) {
    REAL(pwrite64);
    if (!fails_on(WRITE, file)) return real(file, data, size, at);
    return half(size) ? real(file, data, size / 2, at) : -1;
}

#define ON_FILE(name, kind) \
    int name(int file) { \
        REAL(name); \
        return fails_on(kind, file) ? -1 : real(file); \
    }
ON_FILE(fsync, SYNC)
ON_FILE(fdatasync, SYNC)

int ftruncate(int file, off_t size) {
    REAL(ftruncate);
    return fails_on(CUT, file) ? -1 : real(file, size);
}
int ftruncate64(int file, off64_t size) {
    REAL(ftruncate64);
    return fails_on(CUT, file) ? -1 : real(file, size);
}

int rename(const char *old, const char *fresh) {
    REAL(rename);
    return fails(MOVE, old) ? -1 : real(old, fresh);
}
int renameat(int from, const char *old, int to, const char *fresh) {
    REAL(renameat);
    return fails_at(MOVE, from, old) ? -1 : real(from, old, to, fresh);
}
int unlink(const char *path) {
    REAL(unlink);
    return fails(REMOVE, path) ? -1 : real(path);
}
int unlinkat(int at, const char *path, int flags) {
    REAL(unlinkat);
    return fails_at(REMOVE, at, path) ? -1 : real(at, path, flags);
}
int rmdir(const char *path) {
    REAL(rmdir);
    return fails(REMOVE, path) ? -1 : real(path);
}
int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    return fails(MAKE, path) ? -1 : real(path, mode);
}
int mkdirat(int at, const char *path, mode_t mode) {
    REAL(mkdirat);
    return fails_at(MAKE, at, path) ? -1 : real(at, path, mode);
}
