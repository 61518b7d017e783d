/* SPDX-License-Identifier: MIT
 *
 * test_fs_binary.c - the interpreter of a program, read from honest and from hostile files.
 */
#include "fs_fixture.h"
#include <elf.h>

static char interpreter[PATH_MAX];

static enum fs_binary read_bytes(struct fixture *f, const void *content, size_t size)
{
    make_file(f, "/program", content, size, 0755);
    int fd = open(at(f, "/program"), O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    interpreter[0] = '\0';
    enum fs_binary kind = fs_binary_read(fd, interpreter);
    close(fd);
    return kind;
}

static enum fs_binary read_text(struct fixture *f, const char *text)
{
    return read_bytes(f, text, strlen(text));
}

static void test_scripts(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(read_text(f, "#!/bin/sh\necho\n"), FS_BINARY_SCRIPT);
    assert_string_equal(interpreter, "/bin/sh");
    assert_int_equal(read_text(f, "#! \t/usr/bin/env python3\n"), FS_BINARY_SCRIPT);
    assert_string_equal(interpreter, "/usr/bin/env");
    assert_int_equal(read_text(f, "#!/bin/sh"), FS_BINARY_SCRIPT);
    assert_string_equal(interpreter, "/bin/sh");
    assert_int_equal(read_text(f, "#!python\n"), FS_BINARY_SCRIPT);
    assert_string_equal(interpreter, "python");
}

static void test_damaged_scripts(void **state)
{
    struct fixture *f = *state;
    char line[600];
    assert_int_equal(read_text(f, "#!\n/bin/sh\n"), FS_BINARY_DAMAGED);
    assert_int_equal(read_text(f, "#!   "), FS_BINARY_DAMAGED);
    memset(line, 'a', sizeof(line));
    line[0] = '#';
    line[1] = '!';
    line[2] = '/';
    assert_int_equal(read_bytes(f, line, sizeof(line)), FS_BINARY_DAMAGED);
    assert_int_equal(read_bytes(f, "#!/bin/sh\0evil\n", 15), FS_BINARY_SCRIPT);
    assert_string_equal(interpreter, "/bin/sh");
}

static void test_others(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(read_text(f, ""), FS_BINARY_EMPTY);
    assert_int_equal(read_text(f, "#"), FS_BINARY_OTHER);
    assert_int_equal(read_text(f, "echo hello\n"), FS_BINARY_OTHER);
    assert_int_equal(read_text(f, "\177ELF"), FS_BINARY_OTHER);
}

struct image {
    Elf64_Ehdr header;
    Elf64_Phdr segments[2];
    char path[32];
};

static struct image elf_image(void)
{
    struct image image = {.path = "/lib64/ld.so"};
    memcpy(image.header.e_ident, ELFMAG, SELFMAG);
    image.header.e_ident[EI_CLASS] = ELFCLASS64;
    image.header.e_ident[EI_DATA] = ELFDATA2LSB;
    image.header.e_phoff = offsetof(struct image, segments);
    image.header.e_phentsize = sizeof(Elf64_Phdr);
    image.header.e_phnum = 2;
    image.segments[0].p_type = PT_LOAD;
    image.segments[1].p_type = PT_INTERP;
    image.segments[1].p_offset = offsetof(struct image, path);
    image.segments[1].p_filesz = strlen(image.path) + 1;
    return image;
}

static void test_elf(void **state)
{
    struct fixture *f = *state;
    struct image image = elf_image();
    assert_int_equal(read_bytes(f, &image, sizeof(image)), FS_BINARY_DYNAMIC);
    assert_string_equal(interpreter, "/lib64/ld.so");
    image.header.e_phnum = 1;
    assert_int_equal(read_bytes(f, &image, sizeof(image)), FS_BINARY_STATIC);
    image.header.e_ident[EI_DATA] = ELFDATA2MSB;
    assert_int_equal(read_bytes(f, &image, sizeof(image)), FS_BINARY_OTHER);
}

static void test_elf_32(void **state)
{
    struct fixture *f = *state;
    struct {
        Elf32_Ehdr header;
        Elf32_Phdr segment;
        char path[16];
    } image = {.path = "/lib/ld.so"};
    memcpy(image.header.e_ident, ELFMAG, SELFMAG);
    image.header.e_ident[EI_CLASS] = ELFCLASS32;
    image.header.e_ident[EI_DATA] = ELFDATA2LSB;
    image.header.e_phoff = sizeof(image.header);
    image.header.e_phentsize = sizeof(Elf32_Phdr);
    image.header.e_phnum = 1;
    image.segment.p_type = PT_INTERP;
    image.segment.p_offset = sizeof(image.header) + sizeof(image.segment);
    image.segment.p_filesz = sizeof("/lib/ld.so");
    assert_int_equal(read_bytes(f, &image, sizeof(image)), FS_BINARY_DYNAMIC);
    assert_string_equal(interpreter, "/lib/ld.so");
}

/* Each field that says where or how much, with values that point out of the file. */
static void test_damaged_elf(void **state)
{
    struct fixture *f = *state;
    static const uint64_t wrong[] = {1 << 20, INT64_MAX, UINT64_MAX, UINT64_MAX - 64};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct image image = elf_image();
        image.header.e_phoff = wrong[i];
        assert_int_equal(read_bytes(f, &image, sizeof(image)), FS_BINARY_DAMAGED);
        image = elf_image();
        image.segments[1].p_offset = wrong[i];
        assert_int_equal(read_bytes(f, &image, sizeof(image)), FS_BINARY_DAMAGED);
        image = elf_image();
        image.segments[1].p_filesz = wrong[i];
        assert_int_equal(read_bytes(f, &image, sizeof(image)), FS_BINARY_DAMAGED);
    }
    struct image image = elf_image();
    image.segments[1].p_filesz--; /* no NUL at its end */
    assert_int_equal(read_bytes(f, &image, sizeof(image)), FS_BINARY_DAMAGED);
    image = elf_image();
    image.segments[1].p_filesz = 0;
    assert_int_equal(read_bytes(f, &image, sizeof(image)), FS_BINARY_DAMAGED);
    image = elf_image();
    image.header.e_phentsize = 1;
    assert_int_equal(read_bytes(f, &image, sizeof(image)), FS_BINARY_DAMAGED);
    image = elf_image();
    image.header.e_phnum = 0xffff;
    assert_int_equal(read_bytes(f, &image, sizeof(image)), FS_BINARY_DAMAGED);
}

/* Cut off at each length: never an answer made of what is not there. */
static void test_truncated_elf(void **state)
{
    struct fixture *f = *state;
    struct image image = elf_image();
    size_t whole = offsetof(struct image, path) + strlen(image.path) + 1;
    for (size_t size = EI_NIDENT; size < whole; size++)
        assert_int_equal(read_bytes(f, &image, size), FS_BINARY_DAMAGED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_scripts), TEST(test_damaged_scripts), TEST(test_others),        TEST(test_elf),
        TEST(test_elf_32),  TEST(test_damaged_elf),     TEST(test_truncated_elf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
