/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/recordmp4entry.h"

#include "gst/core/isobox.h"

#define OPUS_HEAD_SIZE 19
#define SOUND_SCALE 48000u
#define PICTURE_SCALE 90000u
#define DOTS_PER_INCH_72 0x00480000

gboolean
record_mp4_is_picture (RecordCodec codec)
{
  return codec != RECORD_CODEC_OPUS;
}

guint
record_mp4_scale (RecordCodec codec)
{
  return record_mp4_is_picture (codec) ? PICTURE_SCALE : SOUND_SCALE;
}

guint
record_mp4_pre_skip (const RecordTrack *track)
{
  if (record_mp4_is_picture (track->codec))
    return 0;
  guint64 delay = MIN (track->codec_delay, G_USEC_PER_SEC * 1000);
  return (guint) MIN ((delay * SOUND_SCALE + 500000000) / 1000000000, G_MAXUINT16);
}

/* dOps is an OpusHead without its magic, version 0, and big endian. */
static void
opus_specific (GByteArray *bytes, const RecordTrack *track)
{
  g_autoptr (GBytes) head = NULL;
  if (track->private_data != NULL && g_bytes_get_size (track->private_data) >= OPUS_HEAD_SIZE)
    head = g_bytes_ref (track->private_data);
  else
    head = record_opus_head (track->channels, record_mp4_pre_skip (track));
  gsize size;
  const guint8 *data = g_bytes_get_data (head, &size);
  guint box = iso_open (bytes, "dOps");
  iso_u8 (bytes, 0);
  iso_u8 (bytes, data[9]);
  iso_u16 (bytes, record_mp4_pre_skip (track)); /* as the edit list has it */
  iso_u32 (bytes, (guint32) data[12] | (guint32) data[13] << 8 | (guint32) data[14] << 16 | (guint32) data[15] << 24);
  iso_u16 (bytes, data[16] | data[17] << 8);
  iso_bytes (bytes, data + 18, data[18] == 0 ? 1 : size - 18); /* the family, and its table of channels */
  iso_close (bytes, box);
}

static void
sound_entry (GByteArray *bytes, const RecordTrack *track)
{
  guint box = iso_open (bytes, "Opus");
  iso_zeros (bytes, 6);
  iso_u16 (bytes, 1); /* data reference */
  iso_zeros (bytes, 8);
  iso_u16 (bytes, track->channels);
  iso_u16 (bytes, 16); /* bits of a sample, whatever the codec */
  iso_zeros (bytes, 4);
  iso_u32 (bytes, SOUND_SCALE << 16);
  opus_specific (bytes, track);
  iso_close (bytes, box);
}

/* Without private data: no parameter sets here. They are in band. */
static void
avc_configuration (GByteArray *bytes, const RecordTrack *track)
{
  static const guint8 none[] = {1, 0x42, 0xc0, 0x1f, 0xff, 0xe0, 0};
  guint box = iso_open (bytes, "avcC");
  if (track->private_data != NULL)
    iso_bytes (bytes, g_bytes_get_data (track->private_data, NULL), g_bytes_get_size (track->private_data));
  else
    iso_bytes (bytes, none, sizeof none);
  iso_close (bytes, box);
}

/* The lowest level of VP9 whose picture is as large as this one. */
static guint
vp9_level (guint64 pixels)
{
  static const struct
  {
    guint64 pixels;
    guint level;
  } rows[] = {{36864, 10}, {73728, 11}, {122880, 20}, {245760, 21}, {552960, 30}, {983040, 31}, {2228224, 40},
      {8912896, 50}, {35651584, 60}};
  guint i = 0;
  while (i < G_N_ELEMENTS (rows) - 1 && pixels > rows[i].pixels)
    i++;
  return rows[i].level;
}

/* Calls send 8 bits, 4:2:0, in the studio's range; which colours, the stream itself says (2: unspecified). */
static void
vp_configuration (GByteArray *bytes, const RecordTrack *track)
{
  guint box = iso_open_full (bytes, "vpcC", 1, 0);
  iso_u8 (bytes, 0); /* profile */
  iso_u8 (bytes, track->codec == RECORD_CODEC_VP9 ? vp9_level ((guint64) track->width * track->height) : 0);
  iso_u8 (bytes, 8 << 4 | 1 << 1);
  iso_u8 (bytes, 2);
  iso_u8 (bytes, 2);
  iso_u8 (bytes, 2);
  iso_u16 (bytes, 0);
  iso_close (bytes, box);
}

static const char *
picture_type (RecordCodec codec)
{
  switch (codec) {
    case RECORD_CODEC_VP8:
      return "vp08";
    case RECORD_CODEC_VP9:
      return "vp09";
    default:
      return "avc3";
  }
}

static void
picture_entry (GByteArray *bytes, const RecordTrack *track)
{
  guint box = iso_open (bytes, picture_type (track->codec));
  iso_zeros (bytes, 6);
  iso_u16 (bytes, 1); /* data reference */
  iso_zeros (bytes, 16);
  iso_u16 (bytes, MIN (track->width, G_MAXUINT16));
  iso_u16 (bytes, MIN (track->height, G_MAXUINT16));
  iso_u32 (bytes, DOTS_PER_INCH_72);
  iso_u32 (bytes, DOTS_PER_INCH_72);
  iso_zeros (bytes, 4);
  iso_u16 (bytes, 1);    /* frames in a sample */
  iso_zeros (bytes, 32); /* the compressor's name */
  iso_u16 (bytes, 0x18); /* colour without alpha */
  iso_u16 (bytes, 0xffff);
  if (track->codec == RECORD_CODEC_H264)
    avc_configuration (bytes, track);
  else
    vp_configuration (bytes, track);
  iso_close (bytes, box);
}

void
record_mp4_entry (GByteArray *bytes, const RecordTrack *track)
{
  if (record_mp4_is_picture (track->codec))
    picture_entry (bytes, track);
  else
    sound_entry (bytes, track);
}
