/* SPDX-License-Identifier: MIT
 *
 * every_call.c - the children that make one call each. Between the filter and the call a child
 * makes no other call, and no child outlives a few seconds.
 */
#include "support/every_call.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* Not canonical, so that neither the kernel nor a program can have memory there. */
#define NO_MEMORY UINT64_C(0x7fffffff00000000)

/* Calls that these arguments do not keep from doing something. All others fail, or do what stays in
 * their process: they ask, or change a mask, a session, a timer that nobody waits for.
 *
 *   exit, exit_group     end the child, with a status that its own report never has
 *   fork, vfork, clone   make a child's child, which ends at once
 *   rt_sigreturn         is made with a stack pointer of 0, and so ends in SIGSEGV
 *   pause                ends with the child's alarm, in SIGALRM
 *   msgget               gets a key that no queue has: a new queue would be there for the next
 * calls sync                 is not made where it would be let through: it waits for all disks */
static bool waits(uint32_t number)
{
#ifdef SYS_pause
    return number == SYS_pause;
#else
    (void)number;
    return false;
#endif
}

/* Of i386: those that a libc would call sync; sigreturn and rt_sigreturn, which take the registers
 * of a whole program from the stack; and what waits with all signals blocked, or with none. */
static bool is_left_out_on_i386(uint32_t number, const char **why)
{
    enum { SYNC = 36, PAUSE = 29, SIGSUSPEND = 72, SIGRETURN = 119, RT_SIGRETURN = 173 };
    *why = "it would not come back, or waits for all disks";
    return number == SYNC || number == PAUSE || number == SIGSUSPEND || number == SIGRETURN ||
           number == RT_SIGRETURN;
}

bool attempt_is_left_out(const struct attempt *attempt, const char **why)
{
    if (attempt->i386)
        return is_left_out_on_i386(attempt->number, why);
    *why = "it waits for all disks of the machine";
    return attempt->number == SYS_sync;
}

void attempt_arguments(const struct attempt *attempt, uint64_t values[6])
{
    for (int i = 0; i < 6; i++)
        values[i] = attempt->arguments == ALL_ONES ? UINT64_MAX : NO_MEMORY;
    if (attempt->i386)
        return;
    if (attempt->number == SYS_msgget)
        values[0] = 1, values[1] = 0;
    if (attempt->number == SYS_clone && attempt->arguments == LOW_ZEROS) {
        values[0] |= SIGCHLD; /* the plain fork of a libc, on the caller's stack */
        values[1] = 0;
    }
}

/* ---- the call ------------------------------------------------------------------------------- */

/* With the stack pointer given, for the time of the call; 0 leaves it as it is. */
static long make_call(uint32_t number, const uint64_t v[6], bool no_stack)
{
#if defined(__x86_64__)
    register uint64_t r10 __asm__("r10") = v[3], r8 __asm__("r8") = v[4], r9 __asm__("r9") = v[5];
    register uint64_t stack __asm__("r12") = no_stack;
    long result;
    __asm__ volatile("mov %%rsp, %%r13\n\t"
                     "test %%r12, %%r12\n\t"
                     "jz 1f\n\t"
                     "xor %%esp, %%esp\n"
                     "1:\tsyscall\n\t"
                     "mov %%r13, %%rsp"
                     : "=a"(result)
                     : "a"((uint64_t)number), "D"(v[0]), "S"(v[1]), "d"(v[2]), "r"(r10), "r"(r8),
                       "r"(r9), "r"(stack)
                     : "rcx", "r11", "r13", "memory", "cc");
    return result;
#elif defined(__aarch64__)
    register uint64_t x8 __asm__("x8") = number, x0 __asm__("x0") = v[0], x1 __asm__("x1") = v[1];
    register uint64_t x2 __asm__("x2") = v[2], x3 __asm__("x3") = v[3], x4 __asm__("x4") = v[4];
    register uint64_t x5 __asm__("x5") = v[5], stack __asm__("x19") = no_stack;
    __asm__ volatile("mov x20, sp\n\t"
                     "cbz x19, 1f\n\t"
                     "mov x21, #0\n\t"
                     "mov sp, x21\n"
                     "1:\tsvc #0\n\t"
                     "mov sp, x20"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5), "r"(stack)
                     : "x20", "x21", "memory", "cc");
    return (long)x0;
#endif
}

#ifdef __x86_64__
static long make_i386_call(uint32_t number, const uint64_t v[6])
{
    int32_t result;
    __asm__ volatile("push %%rbp\n\t"
                     "mov %%r15, %%rbp\n\t"
                     "int $0x80\n\t"
                     "pop %%rbp"
                     : "=a"(result)
                     : "a"(number), "b"(v[0]), "c"(v[1]), "d"(v[2]), "S"(v[3]), "D"(v[4])
                     : "r8", "r9", "r10", "r11", "memory", "cc");
    return result;
}
#else
static long make_i386_call(uint32_t number, const uint64_t v[6])
{
    (void)number, (void)v;
    return -ENOSYS;
}
#endif

static void leave(int status)
{
    for (;;)
        syscall(SYS_exit_group, status);
}

static void child(const struct sock_fprog *program, const struct attempt *attempt)
{
    /* What should not wait is ended too, late enough for any machine. */
    const bool alarmed = !attempt->i386 && waits(attempt->number);
    const struct itimerval alarm = {
        .it_value = {.tv_sec = alarmed ? 0 : 5, .tv_usec = alarmed ? 50000 : 0}};
    uint64_t values[6];
    attempt_arguments(attempt, values);
    if (setitimer(ITIMER_REAL, &alarm, NULL) != 0)
        leave(NO_ANSWER);
    if (program != NULL && syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, program) != 0)
        leave(NO_ANSWER);
    long result = attempt->i386
                      ? make_i386_call(attempt->number, values)
                      : make_call(attempt->number, values, attempt->number == SYS_rt_sigreturn);
    leave(result < 0 && result > -WENT_WELL ? (int)-result : WENT_WELL);
}

/* ---- the processes -------------------------------------------------------------------------- */

static bool ends_process(const struct attempt *attempt)
{
    enum { I386_EXIT = 1, I386_EXIT_GROUP = 252 };
    return attempt->i386 ? attempt->number == I386_EXIT || attempt->number == I386_EXIT_GROUP
                         : attempt->number == SYS_exit || attempt->number == SYS_exit_group;
}

static uint16_t answer_of(const struct attempt *attempt, int status)
{
    if (WIFSIGNALED(status))
        return (uint16_t)(KILLED_BY + WTERMSIG(status));
    if (ends_process(attempt) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 0xff))
        return (uint16_t)(ENDED + WEXITSTATUS(status));
    return (uint16_t)WEXITSTATUS(status);
}

static uint16_t try(const struct sock_fprog *program, const struct attempt *attempt)
{
    int status;
    const pid_t pid = fork();
    if (pid == 0)
        child(program, attempt);
    while (pid > 0) {
        const pid_t ended = wait(&status); /* a child's child may come first */
        if (ended == pid)
            return answer_of(attempt, status);
        if (ended < 0 && errno != EINTR)
            break;
    }
    return NO_ANSWER;
}

static const int caught[] = {SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGSYS, SIGALRM};

/* No right, no name that the host knows, nothing open but the end of a pipe that nobody writes to,
 * no core files, and none of the caller's signal handlers. */
static int give_up_all(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    const struct __user_cap_data_struct none[2] = {{0}};
    int ends[2];
    for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
        signal(caught[i], SIG_DFL);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || pipe(ends) != 0 || dup2(ends[0], 0) != 0 ||
        syscall(SYS_close_range, 1, ~0U, 0) != 0 || chdir("/") != 0)
        return -1;
    if (syscall(SYS_capset, &header, none) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    return prctl(PR_SET_DUMPABLE, 0);
}

static int as_nobody(const struct sock_fprog *program, const struct attempt *attempts,
                     const bool *skip, size_t count, uint16_t *answers)
{
    int status;
    if (geteuid() == 0 &&
        (setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0))
        return -1;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 ||
        unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS |
                CLONE_NEWNET | CLONE_NEWCGROUP) != 0)
        return -1;
    const pid_t pid = fork(); /* PID 1: with it ends all that is left of what was tried */
    if (pid == 0) {
        if (give_up_all() != 0)
            leave(1);
        for (size_t i = 0; i < count; i++)
            answers[i] = skip && skip[i] ? NOT_TRIED : try(program, &attempts[i]);
        leave(0);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 ? 0 : -1;
}

int every_call(const struct sock_fprog *program, const struct attempt *attempts, const bool *skip,
               size_t count, uint16_t *answers)
{
    const size_t size = count * sizeof(*answers);
    int status, result = -1;
    uint16_t *shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return -1;
    const pid_t pid = fork();
    if (pid == 0)
        leave(as_nobody(program, attempts, skip, count, shared) == 0 ? 0 : errno);
    if (pid > 0 && waitpid(pid, &status, 0) == pid) {
        errno = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
        result = status == 0 ? 0 : -1;
    }
    if (result == 0)
        memcpy(answers, shared, size);
    munmap(shared, size);
    return result;
}
