/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/call/callinput.h"
#include "gst/call/callleg.h"
#include "gst/call/calloutput.h"
#include "gst/core/telephonesender.h"

G_BEGIN_DECLS

/* What the files of the leg share: callleg.c (life), callleglines.c (m-lines), calllegreceive.c (streams of the
 * peer), calllegrtcp.c (its reports), calllegdtmf.c (keys), calllegstats.c. */

GST_DEBUG_CATEGORY_EXTERN (call_leg_debug);

typedef struct
{
  guint32 ssrc;
  guint clock_rate;
  CallMetersRemote remote;
} CallLegReport;

struct _GstCallLeg
{
  GObject parent;

  GstElement *pipeline;
  GstElement *webrtcbin;
  GMainContext *context;
  GstCallLegCallbacks callbacks;
  gpointer user_data;
  GstCallNegotiation *negotiation;
  CallSdpKeys keys;   /* of the negotiation */
  CallMeters *meters; /* NULL: none */
  GstTagList *tags;   /* NULL: none */

  GstClockTime base_time;
  GstCallOutput output;
  guint receive[2]; /* by GstCallMedia */
  const CallCodec *video_codec;

  GPtrArray *inputs; /* of CallInput; of the context's thread */
  GSource *key_timer;
  gulong pad_added;
  TelephoneKeyChange pressed; /* key of the peer's; start FALSE: none */

  GMutex lock; /* of what follows */
  GCond changed;
  gboolean open;   /* connected and verified: media may pass */
  gboolean closed; /* no callback begins any more */
  GPtrArray *streams;
  GArray *reports;                /* (element-type CallLegReport): for each track that is sent */
  CallSdpEventLine dtmf_received; /* payload types of the peer's keys */
  guint8 dtmf_payload;            /* of ours; 0: it takes none */
  guint32 dtmf_ssrc;              /* of the sound that gives way */
  TelephoneSender dtmf_sender;

  gint dtmf_sending; /* atomic: dtmf_sender has something to do */
};

/* callleglines.c */
gboolean call_leg_lines_offer (GstCallLeg *self, GError **error);
gboolean call_leg_lines_answer (GstCallLeg *self, const GstSDPMessage *offer, GError **error);

/* calllegrtcp.c */
void call_leg_expect_reports (GstCallLeg *self, guint32 ssrc, const GstCaps *caps); /* of RTP */
gboolean call_leg_get_report (GstCallLeg *self, guint32 ssrc, CallMetersRemote *remote);
void call_leg_watch_rtcp (GstCallLeg *self);

/* calllegdtmf.c */
void call_leg_dtmf_before_meters (GstCallLeg *self, GstElement *rtpbin);
void call_leg_dtmf_after_meters (GstCallLeg *self, GstElement *rtpbin);
void call_leg_dtmf_negotiated (GstCallLeg *self); /* with each description */
void call_leg_dtmf_release (GstCallLeg *self);    /* before the end: a key that is pressed is not any more */

/* calllegreceive.c */
typedef struct
{
  GstCallMedia media;
  guint index;
  GstPad *pad; /* of webrtcbin */
  guint32 ssrc;
  CallOutput *output;
  GstElement *chain; /* NULL: straight */
  gint wants_key;    /* requests that may still be made */
} CallLegStream;

void call_leg_receive_pad (GstElement *webrtcbin, GstPad *pad, GstCallLeg *self);
/* (element-type CallLegStream), not owned: for the context's thread, while the leg is not closed. */
GPtrArray *call_leg_copy_streams (GstCallLeg *self);
void call_leg_receive_open (GstCallLeg *self);  /* lets media pass */
void call_leg_receive_close (GstCallLeg *self); /* wakes and silences */
void call_leg_stream_free (gpointer stream);

G_END_DECLS
