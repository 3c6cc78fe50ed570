/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "ringtonesamples.h"

/* To the nearest, without a call of the C library: positive numbers are cut off downwards. */
static inline gint16
to_s16 (double x)
{
  x *= 32768;
  return (gint16) ((gint32) (CLAMP (x, -32768, 32767) + 32768.5) - 32768);
}

static inline gint32
to_s32 (double x)
{
  x *= 2147483648.0;
  return (gint32) ((gint64) (CLAMP (x, -2147483648.0, 2147483647.0) + 2147483648.5) - G_GINT64_CONSTANT (2147483648));
}

/* One channel, every @step-th place. */
#define DEFINE_WRITE(name, type, convert)                                                                              \
  static void name (const double *samples, gsize n, gpointer to, gsize step)                                           \
  {                                                                                                                    \
    type *out = to;                                                                                                    \
    for (gsize i = 0; i < n; i++)                                                                                      \
      out[i * step] = convert (samples[i]);                                                                            \
  }

DEFINE_WRITE (write_s16, gint16, to_s16)
DEFINE_WRITE (write_s32, gint32, to_s32)
DEFINE_WRITE (write_f32, gfloat, (gfloat))
DEFINE_WRITE (write_f64, gdouble, )

void
ringtone_samples_write (const GstAudioInfo *info, const double *samples, gsize n, guint8 *out)
{
  gboolean interleaved = GST_AUDIO_INFO_LAYOUT (info) == GST_AUDIO_LAYOUT_INTERLEAVED;
  gsize channels = GST_AUDIO_INFO_CHANNELS (info), width = GST_AUDIO_INFO_WIDTH (info) / 8;

  for (gsize channel = 0; channel < channels; channel++) {
    gpointer to = out + channel * width * (interleaved ? 1 : n);
    gsize step = interleaved ? channels : 1;

    switch (GST_AUDIO_INFO_FORMAT (info)) {
      case GST_AUDIO_FORMAT_S16:
        write_s16 (samples, n, to, step);
        break;
      case GST_AUDIO_FORMAT_S32:
        write_s32 (samples, n, to, step);
        break;
      case GST_AUDIO_FORMAT_F32:
        write_f32 (samples, n, to, step);
        break;
      default:
        write_f64 (samples, n, to, step);
    }
  }
}
