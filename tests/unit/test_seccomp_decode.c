/* SPDX-License-Identifier: MIT
 *
 * Arguments as people write them: names of values, what has none, and texts from a memory that may
 * hold anything.
 */
#include "guards/seccomp/decode.h"
#include "support/test.h"
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

enum { ARGS_SIZE = sizeof(((struct sbx_denial *)NULL)->args) };

/* A memory: address 0x1000 and what follows it. */
struct memory {
    const char *bytes;
    size_t length;
};

static int read_bytes(void *context, uint64_t address, char *text, size_t size, bool *more)
{
    const struct memory *memory = context;
    if (address < 0x1000 || address - 0x1000 >= memory->length)
        return -1;
    const char *from = memory->bytes + (address - 0x1000);
    const size_t left = memory->length - (size_t)(address - 0x1000);
    const size_t length = strnlen(from, left < size - 1 ? left : size - 1);
    memcpy(text, from, length);
    text[length] = '\0';
    *more = length == left || from[length] != '\0';
    return 0;
}

#if defined(__x86_64__)
#define CLONE_REST "NULL, 0"
#else
#define CLONE_REST "0, NULL"
#endif

#define NUMBERS(...) ((const uint64_t[6]){__VA_ARGS__})

static void decodes(const char *call, const uint64_t args[6], const char *expected)
{
    char text[ARGS_SIZE], path[64];
    decode_arguments(ABI_NATIVE, call, args, NULL, text, sizeof(text), path, sizeof(path));
    if (strcmp(text, expected) != 0)
        fail_msg("%s(%s), expected (%s)", call, text, expected);
    assert_string_equal(path, "");
}

static void names_of_values(void **state)
{
    (void)state;
    decodes("socket", NUMBERS(AF_INET, SOCK_STREAM, 0), "AF_INET, SOCK_STREAM, 0");
    decodes("socket", NUMBERS(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
            "AF_UNIX, SOCK_DGRAM|SOCK_CLOEXEC|SOCK_NONBLOCK, 0");
    decodes("socket", NUMBERS(4711, 0, 17), "4711, 0, 17");
    decodes("socket", NUMBERS(AF_INET, SOCK_CLOEXEC | 9, 0), "AF_INET, 0x9|SOCK_CLOEXEC, 0");
    decodes("ioctl", NUMBERS(0, TIOCSTI, 0x7ffe12345678), "0, TIOCSTI, 0x7ffe12345678");
    decodes("ioctl", NUMBERS(3, 0xdeadbeef, 1), "3, 0xdeadbeef, 1");
    decodes("kill", NUMBERS((uint64_t)-1, SIGKILL), "-1, SIGKILL");
    decodes("kill", NUMBERS(1, 77), "1, 77");
    decodes("mmap",
            NUMBERS(0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, UINT64_MAX),
            "0, 4096, PROT_READ|PROT_EXEC, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0");
    decodes("mprotect", NUMBERS(0x10000, 1 << 20, PROT_NONE), "0x10000, 0x100000, PROT_NONE");
    decodes("clone", NUMBERS(CLONE_NEWUSER | CLONE_VM | SIGCHLD, 0, 0, 0, 0),
            "SIGCHLD|CLONE_VM|CLONE_NEWUSER, 0, NULL, " CLONE_REST);
    decodes("clone", NUMBERS(CLONE_VM, 0, 0, 0, 0), "CLONE_VM, 0, NULL, " CLONE_REST);
    decodes("unshare", NUMBERS(CLONE_NEWNET), "CLONE_NEWNET");
    decodes("fcntl", NUMBERS(5, F_SETFL, 2048), "5, F_SETFL, 2048");
}

/* The kernel drops the high word of an int, and the registers that a call has not. */
static void what_the_kernel_takes(void **state)
{
    (void)state;
    const uint64_t high = UINT64_C(0x1234) << 32;
    decodes("socket", NUMBERS(AF_INET | high, SOCK_STREAM | high, high, 4, 5, 6),
            "AF_INET, SOCK_STREAM, 0");
    decodes("openat", NUMBERS((uint32_t)AT_FDCWD, 0, O_RDONLY, 0777), "AT_FDCWD, NULL, O_RDONLY");
    decodes("openat", NUMBERS((uint64_t)AT_FDCWD, 0, O_WRONLY | O_CREAT | O_TRUNC, 04755),
            "AT_FDCWD, NULL, O_WRONLY|O_CREAT|O_TRUNC, 04755");
    decodes("openat", NUMBERS(7, 0, O_RDWR | O_SYNC | O_CLOEXEC | 0x40000000u),
            "7, NULL, O_RDWR|O_SYNC|O_CLOEXEC|0x40000000");
    decodes("getpid", NUMBERS(1, 2, 3), "");
    decodes("no_such_call", NUMBERS(1, 0, 0x123456, 0, UINT64_MAX, 0), "1, 0, 0x123456, 0, -1, 0");
}

static void reads(const char *bytes, size_t length, const char *expected, const char *path)
{
    struct memory memory = {bytes, length};
    const struct call_memory by = {read_bytes, &memory};
    char text[ARGS_SIZE], found[64];
    decode_arguments(ABI_NATIVE, "unlink", NUMBERS(0x1000), &by, text, sizeof(text), found,
                     sizeof(found));
    if (strcmp(text, expected) != 0)
        fail_msg("unlink(%s), expected (%s)", text, expected);
    assert_string_equal(found, path);
}

static void paths_are_quoted(void **state)
{
    (void)state;
#define READS(bytes, expected, path) reads(bytes, sizeof(bytes), expected, path)
    READS("/etc/shadow", "\"/etc/shadow\"", "/etc/shadow");
    READS("", "\"\"", "");
    READS("a b), (\"c\\", "\"a b), (\\\"c\\\\\"", "a b), (\"c\\");
    READS("\x1b[31m\n\t\x7f", "\"\\x1b[31m\\x0a\\x09\\x7f\"", "\x1b[31m\n\t\x7f");
    READS("\xff\xc3\xa4\xe2\x80\xae", "\"\\xff\xc3\xa4\\xe2\\x80\\xae\"",
          "\xff\xc3\xa4\xe2\x80\xae");
    reads("no end", 6, "\"no end\"...", "no end");
#undef READS
    struct memory memory = {"x", 2};
    const struct call_memory by = {read_bytes, &memory};
    char text[ARGS_SIZE], path[8];
    decode_arguments(ABI_NATIVE, "rename", NUMBERS(0x999, 0x1000), &by, text, sizeof(text), path,
                     sizeof(path));
    assert_string_equal(text, "0x999, \"x\""); /* what can't be read stays an address */
    assert_string_equal(path, "x");
}

/* Whatever is read, no more is written than fits, and never half an escape. */
static void what_is_too_long_is_cut(void **state)
{
    static char bytes[8192];
    struct memory memory = {bytes, sizeof(bytes)};
    const struct call_memory by = {read_bytes, &memory};
    char text[ARGS_SIZE], path[64];
    (void)state;
    for (int fill = 1; fill < 256; fill++) {
        memset(bytes, fill, sizeof(bytes));
        for (size_t size = 16; size <= sizeof(text); size += fill % 7 + 1) {
            memset(text, 'x', sizeof(text));
            decode_arguments(ABI_NATIVE, "rename", NUMBERS(0x1000, 0x1100), &by, text, size, path,
                             sizeof(path));
            const size_t length = strnlen(text, size);
            assert_true(length < size);
            assert_true(strlen(path) == sizeof(path) - 1);
            for (size_t i = 0; i < length; i++)
                assert_true((unsigned char)text[i] >= 0x20 && text[i] != 0x7f);
            for (size_t i = length + 1; i < sizeof(text) && i > size; i++)
                assert_true(text[i] == 'x');
            assert_string_equal(text + length - 3, "...");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_values),
        cmocka_unit_test(what_the_kernel_takes),
        cmocka_unit_test(paths_are_quoted),
        cmocka_unit_test(what_is_too_long_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
