/* SPDX-License-Identifier: MIT
 *
 * session.h - from a request that names an image to that image, in a process that is confined; and
 * the answer. What is between the two is the business of main.c and unpacker.c.
 */
#ifndef IMAGE_SESSION_H
#define IMAGE_SESSION_H

#include "image/provide.h"
#include "image/request.h"

struct session {
    const struct request *request;
    struct arena arena;
    struct reference reference;
    struct layout layout;
    struct cache cache;
    struct image image;
};

/* Opens layout and cache, confines the process for good, and reads what the image is. Errors:
 * SBX_E_USAGE, SBX_E_HOST, SBX_E_RESOURCE. The session is to be closed in any case. */
int session_open(struct session *session, const struct request *request, struct sbx_error *error);

/* Prints the answer. provided[] as in provide.h. Errors: SBX_E_HOST, SBX_E_RESOURCE. */
int session_tell(struct session *session, const struct provided *provided, struct sbx_error *error);

void session_close(struct session *session);

#endif
