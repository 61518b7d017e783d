/* SPDX-License-Identifier: MIT
 *
 * files.h - what the fs guard tells about the files that a policy shows, to those who compare.
 */
#ifndef GUARDS_FILES_H
#define GUARDS_FILES_H

#include <stdbool.h>

/* Whether a path is one of the directories that root.base = host shows, or lies in one. */
bool files_is_system(const char *path);

#endif
