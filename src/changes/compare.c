/* SPDX-License-Identifier: MIT
 *
 * compare.c - in what two things of one type differ. The content is read wherever the sizes are the
 * same: a time of modification can be set back.
 */
#include "changes/compare.h"
#include "base/fd.h"
#include "changes/attributes.h"
#include "changes/content.h"
#include <errno.h>
#include <sandbox/sandbox.h>

bool compare_times(const struct thing *a, const struct thing *b)
{
    return a->mtime.tv_sec == b->mtime.tv_sec && a->mtime.tv_nsec == b->mtime.tv_nsec;
}

static int contents_differ(const char *name, struct side upper, struct side lower)
{
    if (upper.thing->size != lower.thing->size)
        return 1;
    if (upper.thing->size == 0)
        return 0;
    autofd left = content_open(upper.dirfd, name, upper.thing);
    if (left < 0)
        return left;
    autofd right = content_open(lower.dirfd, name, lower.thing);
    if (right < 0)
        return right == -EACCES || right == -EPERM ? 1 : right;
    return content_differs(left, right, upper.thing->size);
}

static int attributes_of_names(const char *name, struct side upper, struct side lower)
{
    int result = attributes_differ((struct attributed){upper.dirfd, name},
                                   (struct attributed){lower.dirfd, name});
    return result == -EACCES || result == -EPERM ? 0 : result; /* of the lower one, or of both */
}

static int add(unsigned *what, unsigned bit, int result)
{
    if (result == 1)
        *what |= bit;
    return result < 0 ? result : 0;
}

int compare_things(const char *name, struct side upper, struct side lower, unsigned *what)
{
    const struct thing *a = upper.thing, *b = lower.thing;
    unsigned found = compare_times(a, b) ? 0 : SBX_CHANGE_TIMES;
    int result = 0;
    if (S_ISLNK(a->mode)) { /* its mode means nothing */
        result = add(&found, SBX_CHANGE_LINK, content_links_differ(upper.dirfd, lower.dirfd, name));
        if (result == 0)
            *what = found;
        return result;
    }
    if ((a->mode & 07777) != (b->mode & 07777))
        found |= SBX_CHANGE_MODE;
    if (a->rdev != b->rdev)
        found |= SBX_CHANGE_CONTENT;
    if (S_ISREG(a->mode)) {
        result = add(&found, SBX_CHANGE_CONTENT, contents_differ(name, upper, lower));
        if (result == 0)
            result = add(&found, SBX_CHANGE_XATTRS, attributes_of_names(name, upper, lower));
    }
    if (result == 0)
        *what = found;
    return result;
}

int compare_directories(struct side upper, struct side lower, unsigned *what)
{
    unsigned found = 0;
    if ((upper.thing->mode & 07777) != (lower.thing->mode & 07777))
        found |= SBX_CHANGE_MODE;
    int result = add(&found, SBX_CHANGE_XATTRS,
                     attributes_differ((struct attributed){upper.dirfd, NULL},
                                       (struct attributed){lower.dirfd, NULL}));
    if (result == 0)
        *what = found;
    return result;
}
