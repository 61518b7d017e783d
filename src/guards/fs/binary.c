/* SPDX-License-Identifier: MIT
 *
 * binary.c - which interpreter a program needs, from its first bytes. The file may be hostile: each
 * offset and length in it is checked, and all reading is by pread(2) into buffers of fixed size.
 */
#include "guards/fs/fs.h"
#include <elf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
    SCRIPT_LINE = 256,         /* the kernel looks at no more of the first line */
    HEADERS_BYTES = 64 * 1024, /* the kernel refuses more program headers than this */
};

/* Reads exactly `length` bytes at `offset`. */
static bool read_at(int fd, void *buffer, size_t length, uint64_t offset)
{
    if (offset > INT64_MAX)
        return false;
    ssize_t got = pread(fd, buffer, length, (off_t)offset);
    return got >= 0 && (size_t)got == length;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* "#! /usr/bin/python3 -I": the interpreter is the first word. */
static enum fs_binary read_script(const char *line, size_t length, char interpreter[PATH_MAX])
{
    size_t start = 2, end;
    while (start < length && is_blank(line[start]))
        start++;
    for (end = start; end < length && !is_blank(line[end]) && line[end] != '\n' && line[end]; end++)
        ;
    if (end == start || (end == length && length == SCRIPT_LINE))
        return FS_BINARY_DAMAGED;
    memcpy(interpreter, line + start, end - start);
    interpreter[end - start] = '\0';
    return FS_BINARY_SCRIPT;
}

/* The same few fields of a program header of either class. */
struct segment {
    uint32_t type;
    uint64_t offset, size;
};

static bool read_segment(int fd, bool wide, uint64_t offset, struct segment *segment)
{
    union {
        Elf32_Phdr narrow;
        Elf64_Phdr wide;
    } header;
    if (!read_at(fd, &header, wide ? sizeof(header.wide) : sizeof(header.narrow), offset))
        return false;
    if (wide)
        *segment = (struct segment){header.wide.p_type, header.wide.p_offset, header.wide.p_filesz};
    else
        *segment =
            (struct segment){header.narrow.p_type, header.narrow.p_offset, header.narrow.p_filesz};
    return true;
}

static enum fs_binary read_interpreter(int fd, const struct segment *segment,
                                       char interpreter[PATH_MAX])
{
    if (segment->size < 2 || segment->size > PATH_MAX ||
        !read_at(fd, interpreter, (size_t)segment->size, segment->offset) ||
        interpreter[segment->size - 1] != '\0')
        return FS_BINARY_DAMAGED;
    return FS_BINARY_DYNAMIC;
}

static enum fs_binary read_elf(int fd, bool wide, char interpreter[PATH_MAX])
{
    union {
        Elf32_Ehdr narrow;
        Elf64_Ehdr wide;
    } header;
    struct segment segment;
    if (!read_at(fd, &header, wide ? sizeof(header.wide) : sizeof(header.narrow), 0))
        return FS_BINARY_DAMAGED;
    uint64_t table = wide ? header.wide.e_phoff : header.narrow.e_phoff;
    size_t each = wide ? header.wide.e_phentsize : header.narrow.e_phentsize;
    size_t count = wide ? header.wide.e_phnum : header.narrow.e_phnum;
    if (each != (wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)) || count == 0 ||
        count * each > HEADERS_BYTES || table > INT64_MAX - HEADERS_BYTES)
        return FS_BINARY_DAMAGED;
    for (size_t i = 0; i < count; i++) {
        if (!read_segment(fd, wide, table + i * each, &segment))
            return FS_BINARY_DAMAGED;
        if (segment.type == PT_INTERP)
            return read_interpreter(fd, &segment, interpreter);
    }
    return FS_BINARY_STATIC;
}

enum fs_binary fs_binary_read(int fd, char interpreter[PATH_MAX])
{
    const unsigned char order =
        __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
    char start[SCRIPT_LINE] = "";
    ssize_t got = pread(fd, start, sizeof(start), 0);
    if (got < 0)
        return FS_BINARY_UNREADABLE;
    if (got == 0)
        return FS_BINARY_EMPTY;
    if (got >= 2 && start[0] == '#' && start[1] == '!')
        return read_script(start, (size_t)got, interpreter);
    if (got < EI_NIDENT || memcmp(start, ELFMAG, SELFMAG) != 0 ||
        (unsigned char)start[EI_DATA] != order)
        return FS_BINARY_OTHER;
    if (start[EI_CLASS] != ELFCLASS64 && start[EI_CLASS] != ELFCLASS32)
        return FS_BINARY_OTHER;
    return read_elf(fd, start[EI_CLASS] == ELFCLASS64, interpreter);
}
