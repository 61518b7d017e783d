/* SPDX-License-Identifier: MIT
 *
 * print.c - sbx_policy_print(), sbx_explain_call() and sbx_explain_group(): what is written
 * elsewhere, as a text that the caller owns.
 */
#include "policy/print.h"
#include "explain/stream.h"
#include "guards/syscalls.h"

int sbx_policy_print(const struct sbx_policy *policy, bool origins, char **text,
                     struct sbx_error *error)
{
    struct stream stream;
    if (stream_open(&stream, error) != 0)
        return -1;
    if (policy_print(policy, origins, stream.out) != 0) {
        stream_drop(&stream);
        return err_memory(error, "explain");
    }
    return stream_take(&stream, text, error);
}

int sbx_explain_call(const struct sbx_policy *policy, const char *call,
                     const char *const *arguments, size_t count, char **text,
                     struct sbx_error *error)
{
    struct stream stream;
    if (stream_open(&stream, error) != 0)
        return -1;
    if (syscalls_ask(policy, call, arguments, count, stream.out, error) != 0) {
        stream_drop(&stream);
        return -1;
    }
    return stream_take(&stream, text, error);
}

int sbx_explain_group(const char *group, char **text, struct sbx_error *error)
{
    struct stream stream;
    if (stream_open(&stream, error) != 0)
        return -1;
    if (syscalls_list(group, stream.out, error) != 0) {
        stream_drop(&stream);
        return -1;
    }
    return stream_take(&stream, text, error);
}
