/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

#include "console.h"

G_BEGIN_DECLS

/* Carries out a recipe's reactions. Main thread only. */

typedef struct _Reactor Reactor;

/* An action wants the run to end, with @error when it could not be carried out. */
typedef void (*ReactorEndFunc) (const GError *error, gpointer user_data);

/* @branches, @reactions: expanded, of recipe.h; kept. */
Reactor *reactor_new (GstBin *pipeline, GPtrArray *branches, GPtrArray *reactions, Console *console, ReactorEndFunc end,
    gpointer user_data);
void reactor_free (Reactor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reactor, reactor_free)

/* Any message of the bus. */
void reactor_handle_message (Reactor *self, GstMessage *message);
/* The stream is being ended: what only feeds it goes, nothing is started any more. */
void reactor_wind_down (Reactor *self);

G_END_DECLS
