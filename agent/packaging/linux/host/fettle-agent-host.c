/*
 * fettle-agent-host FILE PROGRAM [ARGUMENT...]: runs the agent under systemd, which Node cannot talk to itself.
 *
 * The program gets a pipe (its number in FETTLE_HOST_PIPE) and writes to it while it is well. What comes out is passed on by
 * the protocol of sd_notify(3): the first byte as READY=1, each as WATCHDOG=1. When nothing comes for three quarters of
 * WATCHDOG_USEC, the program is killed. SIGTERM and SIGINT are passed on, once. How the program ended, when nobody had asked for
 * it, is left in FILE for the next one to tell. Ends as the program did: with its exit code, or 128 and the signal; a stop that
 * was asked for is one however it came about.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { USAGE = 2, CANNOT_RUN = 126, STOP_MS = 8000, PIPE_FD = 3, LOG_FD = 4 };

static int64_t now_ms(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Without systemd there is nobody to tell. What is lost here costs a restart at most. */
static void notify(const char *socket_name, const char *state) {
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t length = socket_name ? strlen(socket_name) : 0;
    if (length < 2 || length >= sizeof to.sun_path) return;
    memcpy(to.sun_path, socket_name, length);
    if (to.sun_path[0] == '@') to.sun_path[0] = '\0'; /* the abstract namespace */
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    sendto(fd, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&to,
           (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
    close(fd);
}

/* 0 where no watchdog was asked for. */
static int64_t silence_limit_ms(void) {
    const char *text = getenv("WATCHDOG_USEC");
    int64_t us = text ? strtoll(text, NULL, 10) : 0;
    return us > 0 && us < INT64_C(86400) * 1000000 ? us / 1000 * 3 / 4 : 0;
}

/* Whole or not at all: the agent that reads it may be killed, or the disk be full. */
static void keep_end(const char *path, const char *how, int code) {
    char text[128], fresh[4096];
    int size = snprintf(text, sizeof text, "{\"version\":1,\"at\":%" PRId64 ",\"how\":\"%s\",\"code\":%d}\n",
                        now_ms(CLOCK_REALTIME), how, code);
    if (snprintf(fresh, sizeof fresh, "%s.new", path) >= (int)sizeof fresh) return;
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return;
    int is_written = write(fd, text, (size_t)size) == size && fsync(fd) == 0;
    close(fd);
    if (!is_written || rename(fresh, path) != 0) unlink(fresh);
}

/*
 * The unit opens /dev/kmsg as standard input, which takes a privilege that the agent does not have. It gets it under another
 * number (in FETTLE_KERNEL_LOG) and never waits for it.
 */
static void pass_kernel_log(void) {
    struct stat input;
    char number[16];
    if (fstat(STDIN_FILENO, &input) != 0 || !S_ISCHR(input.st_mode) || input.st_rdev != makedev(1, 11)) return;
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing < 0 || fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK) != 0 || dup2(STDIN_FILENO, LOG_FD) < 0) return;
    dup2(nothing, STDIN_FILENO);
    snprintf(number, sizeof number, "%d", LOG_FD);
    setenv("FETTLE_KERNEL_LOG", number, 1);
}

/* Does not return. */
static void become(char **argv, int pipe_end, pid_t host, const sigset_t *signals) {
    char number[16];
    sigprocmask(SIG_UNBLOCK, signals, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* without its host it ends, in order */
    if (getppid() != host) _exit(CANNOT_RUN);
    if (pipe_end == PIPE_FD)
        fcntl(pipe_end, F_SETFD, 0);
    else if (dup2(pipe_end, PIPE_FD) < 0)
        _exit(CANNOT_RUN);
    snprintf(number, sizeof number, "%d", PIPE_FD);
    setenv("FETTLE_HOST_PIPE", number, 1);
    pass_kernel_log();
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
    execv(argv[0], argv);
    fprintf(stderr, "fettle-agent-host: %s cannot be started: %s\n", argv[0], strerror(errno));
    _exit(CANNOT_RUN);
}

struct watch {
    const char *file, *socket_name;
    pid_t child;
    int signals, beats;
    int64_t limit_ms, due_ms; /* due: when the program is killed; 0 for never */
    int is_ready, is_stopping, is_stuck;
};

static void on_beat(struct watch *w) {
    char bytes[64];
    ssize_t size = read(w->beats, bytes, sizeof bytes);
    if (size < 0) return;
    if (size == 0) { /* it closed its end, and will soon be gone or silent */
        close(w->beats);
        w->beats = -1;
        return;
    }
    if (w->is_stopping) return;
    notify(w->socket_name, w->is_ready ? "WATCHDOG=1" : "READY=1\nWATCHDOG=1");
    w->is_ready = 1;
    w->due_ms = w->limit_ms ? now_ms(CLOCK_MONOTONIC) + w->limit_ms : 0;
}

static void on_signal(struct watch *w) {
    struct signalfd_siginfo info;
    if (read(w->signals, &info, sizeof info) != sizeof info || info.ssi_signo == SIGCHLD || w->is_stopping) return;
    w->is_stopping = 1;
    notify(w->socket_name, "STOPPING=1");
    kill(w->child, (int)info.ssi_signo);
    w->due_ms = now_ms(CLOCK_MONOTONIC) + STOP_MS;
}

static void on_silence(struct watch *w) {
    fprintf(stderr, "fettle-agent-host: the agent is stuck and is killed\n");
    w->is_stuck = 1;
    w->due_ms = 0;
    kill(w->child, SIGKILL);
}

/* Returns what this program ends with. */
static int ended(const struct watch *w, int status) {
    int by_signal = WIFSIGNALED(status);
    int code = by_signal ? WTERMSIG(status) : WEXITSTATUS(status);
    if (!w->is_stopping && (by_signal || code != 0))
        keep_end(w->file, w->is_stuck ? "stuck" : by_signal ? "signal" : "exit", w->is_stuck ? SIGKILL : code);
    return by_signal ? (w->is_stopping ? 0 : 128 + code) : code;
}

static int watch(struct watch *w) {
    for (;;) {
        int status;
        if (waitpid(w->child, &status, WNOHANG) == w->child) return ended(w, status);
        int64_t left_ms = w->due_ms ? w->due_ms - now_ms(CLOCK_MONOTONIC) : -1;
        if (w->due_ms && left_ms <= 0) {
            on_silence(w);
            continue;
        }
        struct pollfd ready[] = {{.fd = w->signals, .events = POLLIN}, {.fd = w->beats, .events = POLLIN}};
        if (poll(ready, 2, (int)left_ms) < 0 && errno != EINTR) return CANNOT_RUN;
        if (ready[0].revents) on_signal(w);
        if (ready[1].revents) on_beat(w);
    }
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: fettle-agent-host FILE PROGRAM [ARGUMENT...]\n");
        return USAGE;
    }
    struct watch w = {.file = argv[1], .socket_name = getenv("NOTIFY_SOCKET"), .limit_ms = silence_limit_ms()};
    int ends[2];
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    w.signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (w.signals < 0 || pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
        perror("fettle-agent-host");
        return CANNOT_RUN;
    }
    pid_t host = getpid();
    w.child = fork();
    if (w.child == 0) become(argv + 2, ends[1], host, &signals);
    close(ends[1]);
    w.beats = ends[0];
    if (w.child > 0) return watch(&w);
    perror("fettle-agent-host");
    return CANNOT_RUN;
}
