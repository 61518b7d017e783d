/* SPDX-License-Identifier: MIT
 *
 * apart.h - directories of a live test that lie outside of its staging directory. Where the host
 * itself is a layer, and is divided, a directory that comes and goes beside another one may be gone
 * again when the sandbox starts, and that is refused: so not in /tmp, where other tests are.
 */
#ifndef SUPPORT_APART_H
#define SUPPORT_APART_H

#include "support/test.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define APART "/var/tmp/sandbox-apart-XXXXXX"

/* `place` is an array with APART in it. Where root runs the test the directory is given to `uid`.
 */
static inline void make_apart(char *place, uid_t uid)
{
    assert_non_null(mkdtemp(place));
    assert_int_equal(chmod(place, 0711), 0);
    if (geteuid() == 0)
        assert_int_equal(chown(place, uid, uid), 0);
}

static inline void remove_apart(const char *place)
{
    char command[128];
    snprintf(command, sizeof(command), "chmod -R u+rwX %s && rm -r %s", place, place);
    assert_int_equal(system(command), 0);
}

#endif
