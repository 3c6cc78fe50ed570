/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which dtmf-event messages are a key press of their own. Pure: the time is an argument. */

typedef struct _KeyPresses KeyPresses;

KeyPresses *key_presses_new (void);
void key_presses_free (KeyPresses *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KeyPresses, key_presses_free)

/* @method: 1 for RFC 4733, 2 for sound. FALSE: the other method told of this press already. */
gboolean key_presses_add (KeyPresses *self, guint number, guint method, gint64 now_ms);
/* `0`-`9`, `*`, `#`, `A`-`D`; 0 for none of them. */
char key_press_to_key (guint number);

G_END_DECLS
