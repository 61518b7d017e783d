/* SPDX-License-Identifier: MIT
 *
 * probe_i386_call.c - where a profile allows calls of i386: does by them what a filter that looks
 * at native numbers alone would let pass. Numbers are those of <asm/unistd_32.h>. High bits of the
 * registers are set: this program has 64, and the kernel drops them.
 */
#include "escape/probe.h"
#include <asm/ioctls.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __x86_64__

#define HIGH (UINT64_C(1) << 40)

enum {
    I386_OPEN = 5,
    I386_IOCTL = 54,
    I386_SOCKETCALL = 102,
    I386_CLONE = 120,
    I386_PERSONALITY = 136,
    I386_UNSHARE = 310,
    I386_SOCKET = 359,
};

static long i386_call(long number, uint64_t a, uint64_t b, uint64_t c)
{
    long result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(number), "b"(a), "c"(b), "d"(c), "S"(0L), "D"(0L)
                     : "memory", "r8", "r9", "r10", "r11");
    result = (int)result;
    if (result >= 0 || result < -4095)
        return result;
    errno = (int)-result;
    return -1;
}

/* What an address of 32 bits can reach. */
static char *low_memory(void)
{
    char *memory =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

/* socket(AF_NETLINK, SOCK_RAW, 0), whose arguments are where no filter looks. */
static long by_socketcall(char *memory)
{
    const uint32_t arguments[] = {AF_NETLINK, SOCK_RAW, 0};
    memcpy(memory, arguments, sizeof(arguments));
    return i386_call(I386_SOCKETCALL, 1, (uintptr_t)memory, 0);
}

static long set_id_file(char *memory)
{
    struct stat status;
    sprintf(memory, "/tmp/set-id-%d", (int)getpid());
    const long fd =
        i386_call(I386_OPEN, (uintptr_t)memory, O_CREAT | O_RDWR | O_EXCL, HIGH | 04700);
    if (fd < 0)
        return -1;
    const int failed = fstat((int)fd, &status);
    unlink(memory);
    return failed || !(status.st_mode & S_ISUID) ? -1 : 0;
}

static long new_child(void)
{
    const long pid = i386_call(I386_CLONE, HIGH | CLONE_NEWUSER | SIGCHLD, 0, 0);
    if (pid == 0)
        _exit(0);
    if (pid > 0)
        waitpid((pid_t)pid, NULL, 0);
    return pid;
}

static long try(const char *variant, char *memory)
{
    if (strcmp(variant, "type") == 0)
        return memcpy(memory, "x", 1), i386_call(I386_IOCTL, 0, HIGH | TIOCSTI, (uintptr_t)memory);
    if (strcmp(variant, "exclusive") == 0)
        return i386_call(I386_IOCTL, 0, HIGH | TIOCEXCL, 0);
    if (strcmp(variant, "socket") == 0)
        return i386_call(I386_SOCKET, HIGH | AF_NETLINK, SOCK_RAW, 0);
    if (strcmp(variant, "socketcall") == 0)
        return by_socketcall(memory);
    if (strcmp(variant, "personality") == 0)
        return i386_call(I386_PERSONALITY, HIGH | ADDR_NO_RANDOMIZE, 0, 0);
    if (strcmp(variant, "set-id") == 0)
        return set_id_file(memory);
    if (strcmp(variant, "clone") == 0)
        return new_child();
    return i386_call(I386_UNSHARE, HIGH | CLONE_NEWUSER, 0, 0);
}

int main(int argc, char **argv)
{
    char *memory = low_memory();
    if (argc < PROBE_ARGUMENTS || memory == NULL)
        return BROKEN;
    if (is_variant(argv, "allowed")) /* what it is for: getpid */
        return i386_call(20, 0, 0, 0) == getpid() ? blocked("it works") : broken("getpid of i386");
    return judge_call(argv[VARIANT], try(argv[VARIANT], memory));
}

#else

int main(void)
{
    return broken("no such ABI on this machine");
}

#endif
