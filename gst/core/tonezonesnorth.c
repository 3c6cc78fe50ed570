/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/tonezones.h"

const ToneZone tone_zones_north[] = {
    {
        .code = "dk",
        .name = "Denmark",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1000,0/4000", -10},
                [TONE_BUSY] = {"425/500,0/500", -10},
                [TONE_CONGESTION] = {"425/200,0/200", -10},
                [TONE_CALL_WAITING] = {"425/200,0/600,425/200,0/3000", -10},
                [TONE_RECORD] = {"1400/80,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
                [TONE_STUTTER] = {"425/450,0/50", -10},
            },
    },
    {
        .code = "ee",
        .name = "Estonia",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1000,0/4000", -10},
                [TONE_BUSY] = {"425/300,0/300", -10},
                [TONE_CONGESTION] = {"425/200,0/200", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/650,0/325,950/325,0/30,1400/1300,0/2600", -10},
                [TONE_STUTTER] = {"425/650,0/25", -10},
            },
    },
    {
        .code = "fi",
        .name = "Finland",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1000,0/4000", -10},
                [TONE_BUSY] = {"425/300,0/300", -10},
                [TONE_CONGESTION] = {"425/200,0/200", -10},
                [TONE_CALL_WAITING] = {"425/150,0/150,425/150,0/8000", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/650,0/325,950/325,0/30,1400/1300,0/2600", -10},
                [TONE_STUTTER] = {"425/650,0/25", -10},
            },
    },
    {
        .code = "is",
        .name = "Iceland",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1200,0/4700", -10},
                [TONE_BUSY] = {"425/250,0/250", -10},
                [TONE_CONGESTION] = {"425/250,0/250", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
            },
    },
    {
        .code = "lt",
        .name = "Lithuania",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1000,0/4000", -10},
                [TONE_BUSY] = {"425/350,0/350", -10},
                [TONE_CONGESTION] = {"425/200,0/200", -10},
                [TONE_CALL_WAITING] = {"425/150,0/150,425/150,0/4000", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
                [TONE_STUTTER] = {"425/500,0/50", -10},
            },
    },
    {
        .code = "lv",
        .name = "Latvia",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1000,0/4000", -10},
                [TONE_BUSY] = {"425/300,0/300", -10},
                [TONE_CONGESTION] = {"425/150,0/150", -10},
                [TONE_CALL_WAITING] = {"425/200,0/5000", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
                [TONE_CONFIRMATION] = {"425/400,0/400", -10},
            },
    },
    {
        .code = "no",
        .name = "Norway",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1000,0/4000", -10},
                [TONE_BUSY] = {"425/500,0/500", -10},
                [TONE_CONGESTION] = {"425/200,0/200", -10},
                [TONE_CALL_WAITING] = {"425/200,0/600,425/200,0/10000", -10},
                [TONE_RECORD] = {"1400/400,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
                [TONE_STUTTER] = {"470/400,425/400", -10},
            },
    },
    {
        .code = "se",
        .name = "Sweden",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1000,0/5000", -10},
                [TONE_BUSY] = {"425/250,0/250", -10},
                [TONE_CONGESTION] = {"425/250,0/750", -10},
                [TONE_CALL_WAITING] = {"425/200,0/500,425/200,0/9100", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/332,0/24,1400/332,0/24,1800/332,0/2024", -10},
                [TONE_STUTTER] = {"425/320,0/20", -10},
            },
    },
    {NULL},
};
