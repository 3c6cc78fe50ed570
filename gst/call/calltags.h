/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* The tags that tell which call a stream of callsrc is of (docs/elements/callsrc.md). A library of its own: what reads
 * them need not be of plugin "call". All are strings; a later value takes the place of an earlier one. */
#define CALL_TAG_ID "call-id"
#define CALL_TAG_PEER "call-peer"           /* user id */
#define CALL_TAG_PEER_NAME "call-peer-name" /* display name, where the server tells it */

/* GStreamer knows a tag of a stream only once it is registered: any thread, any number of times. */
void call_tags_register (void);
/* What @list says; NULL for what it does not. FALSE: of no call. (transfer full): the strings. */
gboolean call_tags_read (const GstTagList *list, char **call_id, char **peer, char **peer_name);
/* Stream tags; each of them may be NULL. NULL when all are. (transfer full) */
GstTagList *call_tags_new (const char *call_id, const char *peer, const char *peer_name);

G_END_DECLS
