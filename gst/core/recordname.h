/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The name of a recording out of a template: `calls/{date}/{call-id}-{peer}.mkv`. Whatever a value holds, it stays one
 * part of one path component: a peer named `../../etc/passwd` makes `.._.._etc_passwd`. */

typedef struct
{
  const char *call_id, *peer, *peer_name; /* NULL: the word "unknown" */
  const char *track;                      /* audio_0 */
  guint segment;                          /* 1, 2, ... */
  gint64 started;                         /* microseconds since 1970 */
  gint utc_offset;                        /* seconds, of local time */
} RecordNameValues;

/* TRUE: all of its {fields} are known. Otherwise @wrong, if not NULL, is the part that is not. (transfer full) */
gboolean record_name_check (const char *template, char **wrong);
gboolean record_name_has (const char *template, const char *field);
/* Without {segment} in the template the second file and those after it have -2, -3 before their extension. */
char *record_name_expand (const char *template, const RecordNameValues *values);
/* call.mkv, 3 -> call-3.mkv */
char *record_name_number (const char *path, guint number);
/* call.mkv, json -> call.json; never the same: call.json, json -> call.json.json */
char *record_name_extension (const char *path, const char *extension);

G_END_DECLS
