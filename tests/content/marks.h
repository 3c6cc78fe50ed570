/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

/* Marks that the sender puts into sound and picture and that live through the codecs: a probe on the source pad of an
 * element of the line rewrites what passes. */

/* A number per frame as white and black squares at the top: raw I420, at least 320 pixels wide. */
void mark_frames (GstElement *pipeline, const char *element);
/* The number; -1 when there is none. */
int mark_read (GstVideoFrame *frame);

/* At each whole second (of timestamps) a white frame and a beep of 100 ms; black and silence else. Raw I420, and S16LE
 * with one channel. */
void mark_flashes (GstElement *pipeline, const char *element);
void mark_beeps (GstElement *pipeline, const char *element);

/* Of the whole picture, 0..255. */
double mark_luma (GstVideoFrame *frame);

G_END_DECLS
