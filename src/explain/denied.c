/* SPDX-License-Identifier: MIT
 *
 * denied.c - denied and logged system calls as JSON. Decides nothing but which one stands first.
 */
#include "explain/denied.h"
#include <string.h>

const struct sbx_denial *denied_first(const struct sbx_report *report)
{
    for (size_t i = 0; i < report->denied_kept; i++)
        if (report->outcome == SBX_OUTCOME_DENIED ? report->denied[i].ended
                                                  : strcmp(report->denied[i].action, "log") != 0)
            return &report->denied[i];
    return NULL;
}

static json_t *settings_json(const struct sbx_denial *denial)
{
    json_t *list = json_array();
    for (size_t i = 0; i < SBX_SETTINGS_MAX && *denial->settings[i]; i++)
        json_array_append_new(list, json_text(denial->settings[i]));
    return list;
}

static json_t *one_json(const struct sbx_denial *denial)
{
    if (!denial)
        return json_null();
    return json_pack("{s:s, s:o, s:o, s:i, s:i, s:o, s:s, s:o, s:o, s:i, s:o, s:o, s:I, s:b}",
                     "syscall", denial->call, "args", json_text(denial->args), "path",
                     *denial->path ? json_text(denial->path) : json_null(), "pid", denial->pid,
                     "inner_pid", denial->inner_pid, "comm", json_text(denial->comm), "action",
                     denial->action, "rule", json_text(denial->rule), "file",
                     json_text(denial->origin.file), "line", (int)denial->origin.line, "fix",
                     *denial->fix ? json_text(denial->fix) : json_null(), "settings",
                     settings_json(denial), "count", (json_int_t)denial->count, "ended",
                     (int)denial->ended);
}

static json_t *all_json(const struct sbx_report *report)
{
    json_t *list = json_array();
    for (size_t i = 0; i < report->denied_kept; i++)
        json_array_append_new(list, one_json(&report->denied[i]));
    return list;
}

static json_t *calls_json(const struct sbx_report *report)
{
    json_t *list = json_array();
    for (size_t i = 0; i < report->calls_kept; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:I}", "syscall", report->calls[i].call,
                                              "action", report->calls[i].action, "count",
                                              (json_int_t)report->calls[i].count));
    return list;
}

int denied_json(json_t *object, const struct sbx_report *report)
{
    const bool made = json_object_set_new(object, "denied", one_json(denied_first(report))) == 0 &&
                      json_object_set_new(object, "denials", all_json(report)) == 0 &&
                      json_object_set_new(object, "denied_calls", calls_json(report)) == 0 &&
                      json_object_set_new(object, "denied_count",
                                          json_integer((json_int_t)report->denied_count)) == 0 &&
                      json_object_set_new(object, "logged_count",
                                          json_integer((json_int_t)report->logged_count)) == 0;
    return made ? 0 : -1;
}
