/* SPDX-License-Identifier: MIT
 *
 * session.c - opens, confines, resolves; and tells.
 */
#include "image/session.h"
#include "base/error.h"
#include "base/fd.h"
#include "image/confine.h"
#include "image/tell.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

int session_open(struct session *session, const struct request *request, struct sbx_error *error)
{
    *session = (struct session){.request = request, .layout.fd = -1, .cache.fd = -1};
    if (request->word_count != 1)
        return err_set(error, SBX_E_USAGE, 0, IMAGE_STAGE, "one image is named: oci:DIR:TAG");
    if (reference_parse(request->words[0], layout_exists, &session->arena, &session->reference,
                        error) != 0 ||
        layout_open(session->reference.directory, &session->layout, error) != 0 ||
        cache_open(&session->cache, error) != 0)
        return -1;
    /* From here on nothing outside of the layout and the cache is needed, nor can be had. */
    if (confine(session->layout.fd, session->cache.fd, request->budget.bytes, error) != 0)
        return -1;
    return layout_resolve(&session->layout, &session->reference, &session->arena, &session->image,
                          error);
}

void session_close(struct session *session)
{
    close_fd(&session->layout.fd);
    cache_close(&session->cache);
    arena_free(&session->arena);
}

/* The directories, for programs. */
static int put_layers(const struct told *told, struct sbx_error *error)
{
    char path[PATH_MAX];
    for (size_t i = 0; i < told->stack_count; i++) {
        if (cache_layer_path(told->cache, &told->image->config.diff_ids[told->stack[i]], path) != 0)
            return err_set(error, SBX_E_HOST, ENAMETOOLONG, IMAGE_STAGE, "the path of a layer");
        fwrite(path, 1, strlen(path) + 1, stdout);
    }
    return 0;
}

int session_tell(struct session *session, const struct provided *provided, struct sbx_error *error)
{
    const struct request *request = session->request;
    size_t *stack = arena_array(&session->arena, session->image.config.count, sizeof(*stack));
    if (!stack)
        return err_memory(error, IMAGE_STAGE);
    const struct told told = {
        .reference = &session->reference,
        .image = &session->image,
        .cache = &session->cache,
        .provided = provided,
        .stack = stack,
        .stack_count = provide_stack(&session->image, &session->cache, stack),
    };
    if (request->machine)
        return put_layers(&told, error);
    if (request->json)
        return tell_image_json(&told, error);
    tell_image_text(&told);
    return 0;
}
