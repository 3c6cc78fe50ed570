/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/tonezones.h"

const ToneZone tone_zones_europe[] = {
    {
        .code = "at",
        .name = "Austria",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"420", -10},
                [TONE_RINGBACK] = {"420/1000,0/5000", -10},
                [TONE_BUSY] = {"420/400,0/400", -10},
                [TONE_CONGESTION] = {"420/200,0/200", -10},
                [TONE_CALL_WAITING] = {"420/40,0/1950", -10},
                [TONE_RECORD] = {"1400/80,0/14920", -10},
                [TONE_INFO] = {"950/330,1450/330,1850/330,0/1000", -10},
                [TONE_STUTTER] = {"380+420", -13},
            },
    },
    {
        .code = "be",
        .name = "Belgium",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1000,0/3000", -10},
                [TONE_BUSY] = {"425/500,0/500", -10},
                [TONE_CONGESTION] = {"425/167,0/167", -10},
                [TONE_CALL_WAITING] = {"1400/175,0/175,1400/175,0/3500", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"900/330,1400/330,1800/330,0/1000", -10},
                [TONE_STUTTER] = {"425/1000,0/250", -10},
            },
    },
    {
        .code = "ch",
        .name = "Switzerland",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1000,0/4000", -10},
                [TONE_BUSY] = {"425/500,0/500", -10},
                [TONE_CONGESTION] = {"425/200,0/200", -10},
                [TONE_CALL_WAITING] = {"425/200,0/200,425/200,0/4000", -10},
                [TONE_RECORD] = {"1400/80,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
                [TONE_STUTTER] = {"425+340/1100,0/1100", -13},
            },
    },
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
    {
        .code = "lu",
        .name = "Luxembourg",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1000,0/4000", -10},
                [TONE_BUSY] = {"425/480,0/480", -10},
                [TONE_CONGESTION] = {"425/240,0/240", -10},
                [TONE_CALL_WAITING] = {"425/300,0/10000", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
            },
    },
    {
        .code = "nl",
        .name = "Netherlands",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1000,0/4000", -10},
                [TONE_BUSY] = {"425/500,0/500", -10},
                [TONE_CONGESTION] = {"425/250,0/250", -10},
                [TONE_CALL_WAITING] = {"425/500,0/9500", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/333,1400/333,1800/333,0/1000", -10},
                [TONE_STUTTER] = {"425/500,0/50", -10},
            },
    },
    {NULL},
};
