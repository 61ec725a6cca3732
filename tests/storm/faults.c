/* Stands between a program and the system calls on files below one folder: counts them, kills the program at one of them,
   lets one of them fail, or records what is written in which order. Loaded with LD_PRELOAD; see disk.py. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { OPEN = 1, READ = 2, WRITE = 4, SYNC = 8, TRUNCATE = 16, UNLINK = 32, MAP = 64 };
enum { PASS, KILL, KILL_HALF_WAY, FAIL, FAIL_FROM_NOW_ON };
#define FILES 4096

static char folder[4096], paths[FILES][512];
static int action, kinds, error_number, trace = -1;
static long at, calls;

void faults_arm(const char *below, int what, int of, long when, int error, int trace_to) {
    snprintf(folder, sizeof folder, "%s", below);
    action = what, kinds = of, at = when, error_number = error, trace = trace_to, calls = 0;
}

long faults_calls(void) { return calls; }

static void record(char operation, const char *path, int64_t offset, const void *data, int64_t size) {
    if (trace < 0) return;
    char head[640];
    int length = snprintf(head, sizeof head, "%c %lld %lld %s\n", operation, (long long)offset, (long long)size, path);
    if (write(trace, head, length) != length || (data && write(trace, data, size) != size)) _exit(99);
}

void faults_mark(const char *text) { record('A', text, 0, NULL, 0); }

static int is_ours(const char *path) { return folder[0] && path && !strncmp(path, folder, strlen(folder)); }
static const char *path_of(int file) { return file >= 0 && file < FILES && paths[file][0] ? paths[file] : NULL; }

/* Whether the call is to fail; does not return if the program is to die before it. */
static int meets(int kind, const char *path) {
    if (!path || !(kinds & kind)) return 0;
    calls++;
    if (calls == at && (action == KILL || (action == KILL_HALF_WAY && kind != WRITE))) kill(getpid(), SIGKILL);
    if ((action == FAIL && calls == at) || (action == FAIL_FROM_NOW_ON && calls >= at)) {
        errno = error_number;
        return 1;
    }
    return 0;
}

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) *(void **)&real = dlsym(RTLD_NEXT, name)

static int opened(int file, const char *path, int flags) {
    if (file >= 0 && file < FILES) snprintf(paths[file], sizeof paths[file], "%s", is_ours(path) ? path : "");
    if (file >= 0 && is_ours(path) && (flags & O_CREAT)) record('C', path, 0, NULL, 0);
    return file;
}

#define OPENS(function, name) \
    int function(const char *path, int flags, ...) { \
        REAL(int, name, const char *, int, ...); \
        va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, mode_t); va_end(rest); \
        if (is_ours(path) && meets(OPEN, path)) return -1; \
        return opened(real(path, flags, mode), path, flags); \
    }
OPENS(open, "open")
OPENS(open64, "open64")

int close(int file) {
    REAL(int, "close", int);
    if (file >= 0 && file < FILES) paths[file][0] = 0;
    return real(file);
}

#define READS(function, name, offset_type) \
    ssize_t function(int file, void *data, size_t size, offset_type offset) { \
        REAL(ssize_t, name, int, void *, size_t, offset_type); \
        return meets(READ, path_of(file)) ? -1 : real(file, data, size, offset); \
    }
READS(pread, "pread", off_t)
READS(pread64, "pread64", off64_t)

#define WRITES(function, name, offset_type) \
    ssize_t function(int file, const void *data, size_t size, offset_type offset) { \
        REAL(ssize_t, name, int, const void *, size_t, offset_type); \
        const char *path = path_of(file); \
        if (meets(WRITE, path)) return -1; \
        if (path && (kinds & WRITE) && action == KILL_HALF_WAY && calls == at) { \
            real(file, data, size / 2, offset); \
            kill(getpid(), SIGKILL); \
        } \
        ssize_t done = real(file, data, size, offset); \
        if (path && done > 0) record('W', path, offset, data, done); \
        return done; \
    }
WRITES(pwrite, "pwrite", off_t)
WRITES(pwrite64, "pwrite64", off64_t)

#define SYNCS(function) \
    int function(int file) { \
        REAL(int, #function, int); \
        const char *path = path_of(file); \
        if (meets(SYNC, path)) return -1; \
        int done = real(file); \
        if (path && !done) record('S', path, 0, NULL, 0); \
        return done; \
    }
SYNCS(fsync)
SYNCS(fdatasync)

#define TRUNCATES(function, name, offset_type) \
    int function(int file, offset_type size) { \
        REAL(int, name, int, offset_type); \
        const char *path = path_of(file); \
        if (meets(TRUNCATE, path)) return -1; \
        int done = real(file, size); \
        if (path && !done) record('T', path, size, NULL, 0); \
        return done; \
    }
TRUNCATES(ftruncate, "ftruncate", off_t)
TRUNCATES(ftruncate64, "ftruncate64", off64_t)

int unlink(const char *path) {
    REAL(int, "unlink", const char *);
    if (is_ours(path) && meets(UNLINK, path)) return -1;
    int done = real(path);
    if (is_ours(path) && !done) record('U', path, 0, NULL, 0);
    return done;
}

#define MAPS(function, name, offset_type) \
    void *function(void *address, size_t size, int protection, int flags, int file, offset_type offset) { \
        REAL(void *, name, void *, size_t, int, int, int, offset_type); \
        if (meets(MAP, path_of(file))) return MAP_FAILED; \
        return real(address, size, protection, flags, file, offset); \
    }
MAPS(mmap, "mmap", off_t)
MAPS(mmap64, "mmap64", off64_t)
