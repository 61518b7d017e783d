/* SPDX-License-Identifier: MIT
 *
 * The table of system calls and the groups: what is compiled in is what is installed, and what the
 * kernel's headers and libseccomp say too. The generator refuses what is wrong.
 */
#include "guards/seccomp/groups.h"
#include "guards/seccomp/numbers.h"

#include "support/test.h"
#include <asm/bitsperlong.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TABLES SANDBOX_SOURCES "/syscalls"

/* ---- the table itself ----------------------------------------------------------------------- */

static void every_name_and_number_is_found(void **state)
{
    (void)state;
    assert_true(table_count() > 450);
    for (int call = 0; call < (int)table_count(); call++) {
        assert_int_equal(table_find(table_name(call)), call);
        assert_true(call == 0 || strcmp(table_name(call - 1), table_name(call)) < 0);
        for (int abi = 0; abi < ABIS; abi++) {
            const int number = table_number(call, (enum call_abi)abi);
            assert_in_range(number + 1, 0, CALLS_MAX);
            assert_true(number <= table_newest((enum call_abi)abi));
            if (number >= 0)
                assert_int_equal(table_of_number(number, (enum call_abi)abi), call);
        }
    }
    assert_int_equal(table_find(""), -1);
    assert_int_equal(table_find("rea"), -1);
    assert_int_equal(table_find("zzz"), -1);
    for (int abi = 0; abi < ABIS; abi++) {
        assert_int_equal(table_of_number(-1, (enum call_abi)abi), -1);
        assert_int_equal(table_of_number(CALLS_MAX, (enum call_abi)abi), -1);
        assert_int_equal(table_newest((enum call_abi)abi), 470);
    }
}

static void well_known_rows(void **state)
{
    char text[SINCE_SIZE], name[CALL_NAME_SIZE];
    (void)state;
    const int openat = table_find("openat"), mmap2 = table_find("mmap2");
    assert_int_equal(table_number(openat, ABI_X86_64), 257);
    assert_int_equal(table_number(openat, ABI_AARCH64), 56);
    assert_int_equal(table_number(openat, ABI_I386), 295);
    assert_string_equal(table_since(openat, text), "2.6.16");
    assert_string_equal(table_since(table_find("read"), text), "1.0");
    assert_string_equal(table_since(table_find("mseal"), text), "6.10");
    assert_string_equal(table_since(table_find("tuxcall"), text), "-");
    assert_int_equal(table_number(mmap2, ABI_X86_64), -1);
    assert_int_equal(table_number(mmap2, ABI_AARCH64), -1);
    assert_string_equal(name_on_abi(ABI_I386, 192, name), "mmap2");
    assert_string_equal(name_on_abi(ABI_X86_64, 192, name), "lgetxattr");
    assert_string_equal(name_on_abi(ABI_AARCH64, 192, name), "semtimedop");
    assert_string_equal(name_on_abi(ABI_I386, 100000, name), "100000");
}

/* What a profile says of calls is said of all that do the same on i386. What has no number
 * elsewhere and is like none is told here: none of it does what another call does. */
static void calls_of_i386_are_like_others(void **state)
{
    static const char *const own[] = {"bdflush",    "break", "ftime",  "gtty", "idle",
                                      "ipc",        "lock",  "mpx",    "prof", "profil",
                                      "socketcall", "stty",  "ulimit", "vm86", "vm86old"};
    (void)state;
    for (int call = 0; call < (int)table_count(); call++) {
        const int like = table_like(call);
        const bool only = table_number(call, ABI_X86_64) < 0 && table_number(call, ABI_AARCH64) < 0;
        bool known = !only || like >= 0;
        for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
            known |= strcmp(own[i], table_name(call)) == 0;
        if (!known || (like >= 0 && !only))
            fail_msg("%s", table_name(call));
        assert_true(like < 0 || table_number(like, ABI_X86_64) >= 0);
    }
    assert_int_equal(table_like(table_find("fcntl64")), table_find("fcntl"));
    assert_true(table_differs(table_find("pread64")));
    assert_false(table_differs(table_find("socket")));
    assert_int_equal(table_translate(41, ABI_X86_64, ABI_I386), 359);
    assert_int_equal(table_translate(359, ABI_I386, ABI_X86_64), 41);
    assert_int_equal(table_translate(102, ABI_I386, ABI_X86_64), -1);
    assert_int_equal(table_translate(9999, ABI_X86_64, ABI_X86_64), 9999);
    assert_int_equal(table_translate(9999, ABI_I386, ABI_X86_64), -1);
}

/* ---- second opinions ------------------------------------------------------------------------ */

/* Whether libseccomp knows a name, and gives it another number. What it has no number for has a
 * negative one, and so has what i386 has behind socketcall and ipc. */
static bool differs(uint32_t arch, const char *name, int number)
{
    const int theirs = seccomp_syscall_resolve_name_arch(arch, name);
    return theirs >= 0 && theirs != number;
}

static void numbers_are_those_of_libseccomp(void **state)
{
    static const uint32_t archs[ABIS] = {SCMP_ARCH_X86_64, SCMP_ARCH_AARCH64, SCMP_ARCH_X86};
    unsigned seen = 0;
    (void)state;
    for (int abi = 0; abi < ABIS; abi++) {
        for (int call = 0; call < (int)table_count(); call++) {
            const int number = table_number(call, (enum call_abi)abi);
            if (number >= 0 && differs(archs[abi], table_name(call), number))
                fail_msg("libseccomp has another number than %d for %s on %s", number,
                         table_name(call), abi_name((enum call_abi)abi));
        }
        for (int number = 0; number <= table_newest((enum call_abi)abi); number++) {
            char *name = seccomp_syscall_resolve_num_arch(archs[abi], number);
            if (name && table_of_number(number, (enum call_abi)abi) < 0)
                fail_msg("libseccomp knows %s on %s", name, abi_name((enum call_abi)abi));
            seen += name != NULL;
            free(name);
        }
    }
    assert_true(seen > 1000);
}

/* Lines "#define __NR_NAME NUMBER". Returns how many there were; 0 where there is no such file. */
static unsigned compare_header(const char *path, enum call_abi abi)
{
    char line[256], name[64];
    unsigned seen = 0;
    int number;
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof(line), file)) {
        if (sscanf(line, "#define __NR_%63s %d", name, &number) != 2)
            continue;
        const int call = table_find(name);
        if (call < 0 || table_number(call, abi) != number)
            fail_msg("%s: %s is %d", path, name, number);
        seen++;
    }
    if (file)
        fclose(file);
    return seen;
}

static void numbers_are_those_of_the_headers(void **state)
{
    (void)state;
#if defined(__x86_64__)
    static const char *const folders[] = {"/usr/include/asm", "/usr/include/x86_64-linux-gnu/asm"};
    unsigned seen = 0;
    for (size_t i = 0; i < 2; i++) {
        char path[128];
        snprintf(path, sizeof(path), "%s/unistd_64.h", folders[i]);
        seen += compare_header(path, ABI_X86_64);
        snprintf(path, sizeof(path), "%s/unistd_32.h", folders[i]);
        seen += compare_header(path, ABI_I386);
    }
    if (seen == 0)
        skip();
    assert_true(seen > 700);
#else
    skip();
#endif
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wundef" /* that header is not ours */
/* aarch64 takes its numbers from the header that architectures share. */
static void numbers_of_aarch64_are_those_of_the_shared_header(void **state)
{
    static const struct {
        const char *name;
        int number;
    } rows[] = {
#define __ARCH_WANT_RENAMEAT
#define __ARCH_WANT_NEW_STAT
#define __ARCH_WANT_SET_GET_RLIMIT
#define __ARCH_WANT_SYS_CLONE3
#define __ARCH_WANT_MEMFD_SECRET
#undef __SYSCALL
#define __SYSCALL(number, call) {#number, number},
#if defined(__x86_64__)
#include <asm-generic/unistd.h>
#endif
        {"", 0}
    };
    unsigned seen = 0;
    (void)state;
    for (size_t i = 0; i + 1 < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strncmp(rows[i].name, "__NR_", 5) != 0 || strstr(rows[i].name, "arch_specific"))
            continue;
        const int call = table_find(rows[i].name + 5);
        if (call < 0 || table_number(call, ABI_AARCH64) != rows[i].number)
            fail_msg("%s is %d", rows[i].name, rows[i].number);
        seen++;
    }
    if (seen == 0)
        skip();
    assert_true(seen > 200);
}

#pragma GCC diagnostic pop

/* ---- what is installed ---------------------------------------------------------------------- */

static int decimal(const char *text)
{
    return strcmp(text, "-") == 0 ? -1 : atoi(text);
}

static void calls_are_those_of_the_file(void **state)
{
    char line[256], name[64], numbers[ABIS][16], since[16], like[64], text[SINCE_SIZE];
    FILE *file = fopen(TABLES "/calls.tbl", "re");
    int call = 0;
    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof(line), file)) {
        if (*line == '#' || *line == '\n')
            continue;
        const int columns = sscanf(line, "%63s %15s %15s %15s %15s %63s", name, numbers[0],
                                   numbers[1], numbers[2], since, like);
        assert_true(columns == 5 || columns == 6);
        assert_true(call < (int)table_count());
        const bool differs = columns == 6 && *like == '~';
        const char *other = columns == 6 ? like + differs : "";
        assert_int_equal(table_differs(call), differs);
        assert_int_equal(table_like(call), *other ? table_find(other) : -1);
        assert_string_equal(table_name(call), name);
        assert_string_equal(table_since(call, text), since);
        for (int abi = 0; abi < ABIS; abi++)
            assert_int_equal(table_number(call, (enum call_abi)abi), decimal(numbers[abi]));
        call++;
    }
    fclose(file);
    assert_int_equal(call, table_count());
}

/* Marks the words of a list; groups in it are looked up in what is compiled in. */
static void mark_words(char *list, unsigned abis, unsigned marks[])
{
    char *rest = NULL;
    for (char *word = strtok_r(list, " \n", &rest); word; word = strtok_r(NULL, " \n", &rest)) {
        const struct call_group *other = *word == '@' ? group_find(word + 1) : NULL;
        if (*word != '@')
            marks[table_find(word)] |= abis;
        for (size_t i = 0; other && i < other->count; i++)
            for (int abi = 0; abi < ABIS; abi++)
                if (group_number(other, i, (enum call_abi)abi) >= 0)
                    marks[group_call(other, i)] |= 1U << abi;
    }
}

static void compare_group(const struct call_group *group, unsigned marks[])
{
    size_t index = 0;
    for (int call = 0; call < (int)table_count(); call++)
        if (table_like(call) >= 0 && marks[table_like(call)] >> ABI_I386 & 1)
            marks[call] |= 1U << ABI_I386;
    for (int call = 0; call < (int)table_count(); call++) {
        if (!marks[call])
            continue;
        assert_true(index < group->count);
        assert_int_equal(group_call(group, index), call);
        for (int abi = 0; abi < ABIS; abi++)
            assert_int_equal(group_number(group, index, (enum call_abi)abi),
                             marks[call] >> abi & 1 ? table_number(call, (enum call_abi)abi) : -1);
        index++;
    }
    assert_int_equal(index, group->count);
}

static void groups_are_those_of_the_file(void **state)
{
    static const char *const keys[] = {"x86_64 =", "aarch64 =", "i386 ="};
    char line[256];
    unsigned marks[1024] = {0}, abis = 0;
    size_t count = 0;
    FILE *file = fopen(TABLES "/groups.tbl", "re");
    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof(line), file)) {
        const struct call_group *group = &call_groups[count ? count - 1 : 0];
        line[strcspn(line, "\n")] = '\0';
        if (*line == '[') {
            if (count)
                compare_group(group, marks);
            memset(marks, 0, sizeof(marks));
            line[strcspn(line, "]")] = '\0';
            assert_string_equal(call_groups[count++].name, line + 2);
        } else if (strncmp(line, "help = ", 7) == 0) {
            assert_string_equal(group->help, line + 7);
        } else if (strncmp(line, "alias = @", 9) == 0) {
            assert_string_equal(group->alias, line + 9);
        } else if (*line == ' ') {
            mark_words(line, abis, marks);
        } else if (strcmp(line, "calls =") == 0) {
            abis = (1U << ABIS) - 1;
        } else {
            for (int abi = 0; abi < ABIS; abi++)
                abis = strcmp(line, keys[abi]) == 0 ? 1U << abi : abis;
        }
    }
    fclose(file);
    assert_int_equal(count, call_group_count);
    compare_group(&call_groups[count - 1], marks);
}

/* ---- what the generator refuses ------------------------------------------------------------- */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void wrong_tables_end_the_build(void **state)
{
#define CALLS  "brk 12 214 45 1.0\nread 0 63 3 1.0\n"
#define GROUPS "[@base]\nhelp = All.\ncalls =\n    brk read\n"
    static const struct {
        const char *calls, *groups, *message; /* NULL: nothing is wrong */
    } rows[] = {
        {CALLS, GROUPS, NULL},
        {CALLS "open 2 - 5 1.0\n", GROUPS, "c:3: error: open belongs above read"},
        {CALLS "read 1 1 1 1.0\n", GROUPS, "c:3: error: read stands there twice"},
        {CALLS "write 0 64 4 1.0\n", GROUPS, "write and read have one number on x86_64"},
        {CALLS "write 512 64 4 1.0\n", GROUPS, "c:3: error: '512' is no number below 512"},
        {CALLS "write - - - 1.0\n", GROUPS, "c:3: error: no ABI has write"},
        {CALLS "write 1 64 4\n", GROUPS, "c:3: error: a row is NAME"},
        {CALLS "write 1 64 4 soon\n", GROUPS, "c:3: error: 'soon' is no version"},
        {CALLS "write 1 64 4 1.0 ~\n", GROUPS, NULL},
        {CALLS "waitpid - - 7 1.0 ~read\n", GROUPS, NULL},
        {CALLS "waitpid - - 7 1.0 raed\n", GROUPS, "is like 'raed', which x86_64 lacks"},
        {CALLS "write 1 64 4 1.0 read\n", GROUPS, "c:3: error: write is no call of i386 alone"},
        {CALLS "write 1 64 - 1.0 ~\n", GROUPS, "c:3: error: i386 has no write"},
        {CALLS "waitpid - - 7 1.0 ~\n", GROUPS, "c:3: error: no other ABI has waitpid"},
        {CALLS "write 1 64 4 1.0 ~ x\n", GROUPS, "c:3: error: a row is NAME"},
        {CALLS, GROUPS "[@base]\n", "g:5: error: '@base' stands there twice"},
        {CALLS, GROUPS "    raed\n", "g:5: error: @base: there is no system call 'raed'"},
        {CALLS, GROUPS "i386 =\n    read\n", "g:6: error: @base: 'read' stands there twice"},
        {CALLS, "[@a]\nhelp = A.\ncalls =\n    read brk\n", "'brk' belongs before 'read'"},
        {CALLS, GROUPS "[@b]\nhelp = B.\ncalls = @c\n", "g:7: error: @b: there is no group '@c'"},
        {CALLS, GROUPS "[@b]\ncalls = brk\n", "g:5: error: @b has no help, or no calls"},
        {CALLS, GROUPS "arm =\n    brk\n", "g:5: error: @base: 'arm' is no key"},
    };
    char folder[] = "/tmp/sandbox-tables-XXXXXX", command[512], output[512];
    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    snprintf(command, sizeof(command), "%s c g c.inc g.inc 2>&1", SANDBOX_GENERATE_CALLS);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        write_file("c", rows[i].calls);
        write_file("g", rows[i].groups);
        FILE *run = popen(command, "re");
        assert_non_null(run);
        output[fread(output, 1, sizeof(output) - 1, run)] = '\0';
        const int status = pclose(run);
        if (WEXITSTATUS(status) != (rows[i].message ? 1 : 0) ||
            (rows[i].message && !strstr(output, rows[i].message)))
            fail_msg("row %zu: status %d: %s", i, status, output);
    }
    static const char *const files[] = {"c", "g", "c.inc", "g.inc"};
    for (size_t i = 0; i < 4; i++)
        unlink(files[i]);
    assert_int_equal(chdir("/"), 0);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_and_number_is_found),
        cmocka_unit_test(well_known_rows),
        cmocka_unit_test(calls_of_i386_are_like_others),
        cmocka_unit_test(numbers_are_those_of_libseccomp),
        cmocka_unit_test(numbers_are_those_of_the_headers),
        cmocka_unit_test(numbers_of_aarch64_are_those_of_the_shared_header),
        cmocka_unit_test(calls_are_those_of_the_file),
        cmocka_unit_test(groups_are_those_of_the_file),
        cmocka_unit_test(wrong_tables_end_the_build),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
