/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/callrecord/recorder.h"

G_BEGIN_DECLS

/* The sink inside callrecordsink: encoded tracks in by request pads, a Recorder behind them. It says EOS when all
 * tracks have ended and the last file is finished, so nothing is lost to a program that ends then. */

#define GST_TYPE_CALL_RECORD_WRITER (gst_call_record_writer_get_type ())
G_DECLARE_FINAL_TYPE (GstCallRecordWriter, gst_call_record_writer, GST, CALL_RECORD_WRITER, GstElement)

GstElement *gst_call_record_writer_new (void);
/* Before PAUSED. Copied. */
void gst_call_record_writer_configure (GstElement *writer, const RecorderSettings *settings);
/* @name: as in callrecordsink, audio_0. */
GstPad *gst_call_record_writer_add (GstElement *writer, const char *name, gboolean video);
void gst_call_record_writer_split (GstElement *writer);
void gst_call_record_writer_note_sound (GstElement *writer, GstClockTime running_time);
void gst_call_record_writer_get_figures (GstElement *writer, RecorderFigures *figures);

G_END_DECLS
