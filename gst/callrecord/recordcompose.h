/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/callrecord/recordcomposer.h"
#include "gst/callrecord/recordinput.h"

G_BEGIN_DECLS

/* mode=composed: all pads of callrecordsink go into one composer, and what it makes is encoded and written as the
 * tracks audio_0 and video_0. */
typedef struct RecordCompose RecordCompose;

RecordCompose *record_compose_new (GstBin *bin, GstElement *writer);
void record_compose_free (RecordCompose *self);

/* From READY to PAUSED. FALSE with an error posted. @wait_for_call: the file begins with the first track that has the
 * tags of a call. @own_name: drawn for who has no tags; NULL: nothing is. */
gboolean record_compose_start (RecordCompose *self, const RecordComposerSettings *settings,
    const RecordInputSettings *encoders, gboolean wait_for_call, const char *own_name);
/* From PAUSED to READY, when no pad is active any more. */
void record_compose_stop (RecordCompose *self);

/* @ghost: the bin's pad, without a target. At any time. @number: pads with the same one are the same participant until
 * tags tell who it is. */
void record_compose_add (RecordCompose *self, GstPad *ghost, gboolean video, guint number);
/* Its thread returns from where it waits for its turn, so that @ghost can be deactivated; then it can be removed. */
void record_compose_let_go (RecordCompose *self, GstPad *ghost);
void record_compose_remove (RecordCompose *self, GstPad *ghost);
/* What comes on a pad of the bin, before it goes on: a decoder is made for caps, tags are looked at. FALSE: caps that
 * cannot be taken. On the streaming thread. */
gboolean record_compose_event (RecordCompose *self, GstPad *ghost, GstEvent *event);

G_END_DECLS
