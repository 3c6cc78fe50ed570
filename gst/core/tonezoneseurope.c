/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/tonezones.h"

const ToneZone tone_zones_europe[] = {
    {
        .code = "de",
        .name = "Germany",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1000,0/4000", -10},
                [TONE_BUSY] = {"425/480,0/480", -10},
                [TONE_CONGESTION] = {"425/240,0/240", -10},
                [TONE_CALL_WAITING] = {"425/200,0/200,425/200,0/5000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
                [TONE_STUTTER] = {"425+400", -13},
                [TONE_INTRUSION] = {"425/240,0/240,425/240,0/1280", -10},
                [TONE_HOLDING] = {"425/150,0/150,425/150,0/8000", -10},
            },
    },
    {
        .code = "gb",
        .name = "United Kingdom",
        .source = "BT SIN 350 (1999), Tones and announcements; levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"350+440", -13},
                [TONE_RINGBACK] = {"400+450/400,0/200,400+450/400,0/2000", -13},
                [TONE_BUSY] = {"400/375,0/375", -10},
                [TONE_CONGESTION] = {"400/400,0/350,400@-6/225,0/525", -10},
                [TONE_CALL_WAITING] = {"400/100,0/2000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
                [TONE_STUTTER] = {"350+440/750,440/750", -13},
                [TONE_UNOBTAINABLE] = {"400", -10},
            },
    },
    {NULL},
};
