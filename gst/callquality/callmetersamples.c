/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* From samples and pixels to the few numbers that the windows take. */

#include "callmeter.h"

#include <math.h>

#define LUMA_STEP 8 /* every 8th pixel of every 8th line is enough to tell black */

/* Full scale is what the largest negative sample stands for. A sample at either end that follows another is clipped. */
#define SUM_SAMPLES(type, full_scale, highest, lowest)                                                                 \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    const type *sample = (const type *) (gconstpointer) data;                                                          \
    const guint step = block->channels;                                                                                \
    for (gsize i = 0; i < count; i++) {                                                                                \
      double value = (double) sample[i] / (full_scale);                                                                \
      gboolean top = sample[i] >= (highest) || sample[i] <= (lowest);                                                  \
      sum += value * value;                                                                                            \
      peak = MAX (peak, fabs (value));                                                                                 \
      if (top && i >= step && (sample[i - step] >= (highest) || sample[i - step] <= (lowest)))                         \
        block->clipped++;                                                                                              \
    }                                                                                                                  \
  }                                                                                                                    \
  G_STMT_END

/* Formats of the machine's own byte order; of others only the time is known. Non-interleaved data has its channels one
 * after the other, which is the same to a sum. */
void
call_meter_sum_samples (const GstAudioInfo *info, const guint8 *data, gsize size, AudioBlock *block)
{
  gsize count = size / MAX (info->finfo->width / 8, 1);
  double sum = 0, peak = 0;
  switch (GST_AUDIO_INFO_FORMAT (info)) {
    case GST_AUDIO_FORMAT_S16:
      SUM_SAMPLES (gint16, 32768.0, G_MAXINT16, G_MININT16);
      break;
    case GST_AUDIO_FORMAT_S32:
      SUM_SAMPLES (gint32, 2147483648.0, G_MAXINT32, G_MININT32);
      break;
    case GST_AUDIO_FORMAT_F32:
      SUM_SAMPLES (float, 1.0, 1.0f, -1.0f);
      break;
    case GST_AUDIO_FORMAT_F64:
      SUM_SAMPLES (double, 1.0, 1.0, -1.0);
      break;
    default:
      break;
  }
  block->sum_squares = isfinite (sum) ? sum : 0;
  block->peak = isfinite (peak) ? peak : 0;
}

int
call_meter_mean_luma (const GstVideoInfo *info, GstBuffer *buffer)
{
  GstVideoFrame frame;
  guint64 sum = 0, count = 0;
  const GstVideoFormatInfo *format = info->finfo;
  if (!(GST_VIDEO_FORMAT_INFO_IS_YUV (format) || GST_VIDEO_FORMAT_INFO_IS_GRAY (format))
      || GST_VIDEO_FORMAT_INFO_DEPTH (format, 0) != 8 || GST_VIDEO_FORMAT_INFO_IS_COMPLEX (format))
    return -1;
  if (!gst_video_frame_map (&frame, info, buffer, GST_MAP_READ | GST_VIDEO_FRAME_MAP_FLAG_NO_REF))
    return -1;
  const guint8 *luma = GST_VIDEO_FRAME_COMP_DATA (&frame, 0);
  gint stride = GST_VIDEO_FRAME_COMP_STRIDE (&frame, 0), step = GST_VIDEO_FRAME_COMP_PSTRIDE (&frame, 0);
  for (gint y = 0; y < GST_VIDEO_FRAME_HEIGHT (&frame); y += LUMA_STEP) {
    for (gint x = 0; x < GST_VIDEO_FRAME_WIDTH (&frame); x += LUMA_STEP, count++)
      sum += luma[(gssize) y * stride + (gssize) x * step];
  }
  gst_video_frame_unmap (&frame);
  return count > 0 ? (int) (sum / count) : -1;
}
