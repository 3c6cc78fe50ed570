/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/callrecord/gstcallrecordsink.h"
#include "gst/callrecord/recordcompose.h"
#include "gst/callrecord/recordinput.h"
#include "gst/callrecord/recordwriter.h"

G_BEGIN_DECLS

/* What gstcallrecordsink.c (pads, states) and gstcallrecordsinkproperties.c share. */

typedef enum
{
  CALL_RECORD_MATROSKA,
  CALL_RECORD_WEBM,
  CALL_RECORD_MP4
} CallRecordContainer;

typedef enum
{
  CALL_RECORD_TRACKS,
  CALL_RECORD_COMPOSED
} CallRecordMode;

/* As the properties have it; under the object lock. */
typedef struct
{
  char *location, *call_id, *peer;
  CallRecordContainer container;
  guint64 max_duration, max_size, idle_timeout;
  guint max_files;
  gboolean overwrite, manifest;
  RecordInputSettings input;
  CallRecordMode mode;
  RecordComposerSettings composer;
  gboolean wait_for_call;
  char *own_name;
} CallRecordSettings;

struct _GstCallRecordSink
{
  GstBin parent;

  GstElement *writer;
  CallRecordSettings settings;
  GHashTable *inputs;     /* pad -> RecordInput; under the object lock */
  RecordCompose *compose; /* NULL: mode=tracks */
  guint next_audio, next_video;
};

void gst_call_record_sink_install_properties (GObjectClass *object_class);
void gst_call_record_sink_init_settings (CallRecordSettings *settings);
void gst_call_record_sink_clear_settings (CallRecordSettings *settings);

G_END_DECLS
