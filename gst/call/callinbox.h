/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What comes out of a websocket, one message for each turn of the thread-default context of its maker, in order. */

typedef struct CallInbox CallInbox;

/* @message: NULL after call_inbox_end(). May free the inbox. */
typedef void (*CallInboxFunc) (GBytes *message, gboolean binary, gpointer user_data);

CallInbox *call_inbox_new (gsize max_bytes, CallInboxFunc func, gpointer user_data);
/* Nothing is delivered after it. */
void call_inbox_free (CallInbox *inbox);

/* FALSE when more than max_bytes would wait: not taken. */
gboolean call_inbox_push (CallInbox *inbox, GBytes *message, gboolean binary);
/* The sender is gone: comes after what waits. */
void call_inbox_end (CallInbox *inbox);
/* Throws away what waits. */
void call_inbox_clear (CallInbox *inbox);

G_END_DECLS
