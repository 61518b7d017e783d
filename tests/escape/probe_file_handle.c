/* SPDX-License-Identifier: MIT
 *
 * probe_file_handle.c - opens a file by a handle, past every mount and every folder's rights.
 */
#include "escape/probe.h"
#include <fcntl.h>

int main(void)
{
    union {
        struct file_handle handle;
        char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
    } file = {.handle.handle_bytes = MAX_HANDLE_SZ};
    int mount, folder = open("/usr", O_RDONLY | O_DIRECTORY);

    if (name_to_handle_at(AT_FDCWD, "/usr", &file.handle, &mount, 0) != 0)
        return blocked("name_to_handle_at");
    return judge_call("open_by_handle_at", open_by_handle_at(folder, &file.handle, O_RDONLY));
}
