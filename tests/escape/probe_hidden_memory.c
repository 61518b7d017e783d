/* SPDX-License-Identifier: MIT
 *
 * probe_hidden_memory.c - holds 192 MB where no process's resident set shows them: in memory files,
 * in System V segments that are not attached, or in page tables.
 */
#include "escape/probe.h"
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

enum { PIECES = 6, PIECE = 32 << 20, STEP = 2 << 20 };

static int in_memory_files(void)
{
    static char bytes[1 << 20];
    int i, fd;
    size_t written;

    memset(bytes, 1, sizeof(bytes));
    for (i = 0; i < PIECES; i++) {
        fd = memfd_create("piece", 0);
        for (written = 0; fd >= 0 && written < PIECE; written += sizeof(bytes)) {
            if (write(fd, bytes, sizeof(bytes)) != (ssize_t)sizeof(bytes))
                return -1;
        }
        if (fd < 0)
            return -1;
    }
    return 0;
}

static int in_segments(void)
{
    int i, ids[PIECES], result = 0;
    char *memory;

    for (i = 0; i < PIECES; i++) {
        ids[i] = shmget(IPC_PRIVATE, PIECE, IPC_CREAT | 0600);
        memory = ids[i] >= 0 ? shmat(ids[i], NULL, 0) : (char *)-1;
        if (memory == (char *)-1) {
            result = -1;
            continue;
        }
        memset(memory, 1, PIECE);
        shmdt(memory);
    }
    usleep(100000);
    for (i = 0; i < PIECES; i++)
        shmctl(ids[i], IPC_RMID, NULL);
    return result;
}

/* One page table of 4 KB for each 2 MB of which a single byte is read. */
static int in_page_tables(void)
{
    const size_t size = (size_t)PIECES * PIECE / 4096 * STEP;
    volatile char *memory = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    size_t place;

    if (memory == MAP_FAILED)
        return -1;
    madvise((void *)memory, size, MADV_NOHUGEPAGE);
    for (place = 0; place < size; place += STEP)
        (void)memory[place];
    return 0;
}

int main(int argc, char **argv)
{
    int result;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    if (is_variant(argv, "memfd"))
        result = in_memory_files();
    else
        result = is_variant(argv, "sysv") ? in_segments() : in_page_tables();
    if (result == 0)
        usleep(100000); /* time enough for whoever looks now and then */
    return judge_call(argv[VARIANT], result);
}
