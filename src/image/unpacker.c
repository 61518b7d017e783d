/* SPDX-License-Identifier: MIT
 *
 * unpacker.c - sandbox-unpack, which sandbox-image becomes where the cache lacks a layer. It takes
 * the same words, unpack and layers alone, and gives the same answers; see main.c.
 */
#include "image/session.h"
#include <locale.h>
#include <signal.h>
#include <sys/stat.h>

static int serve(const struct request *request, struct sbx_error *error)
{
    struct session session;
    const struct provided *provided;
    int result = session_open(&session, request, error);
    if (result == 0)
        result = provide_layers(&session.layout, &session.image, &session.cache, &request->budget,
                                request->machine ? NULL : request_waits, &session.arena, &provided,
                                error);
    if (result == 0)
        result = session_tell(&session, provided, error);
    session_close(&session);
    return result;
}

int main(int argc, char **argv)
{
    struct request request;
    struct sbx_error error;
    /* libarchive takes names of PAX headers, which are UTF-8, into the locale's characters. */
    setlocale(LC_CTYPE, "C.UTF-8");
    signal(SIGXFSZ, SIG_IGN);
    umask(022);
    if (request_parse(argc, argv, &request, &error) != 0 || serve(&request, &error) != 0)
        return request_failed(&request, &error);
    return request_finish(&request, 0);
}
