package xlsx

import (
	"math"
	"strconv"
	"time"
)

const (
	secondsPerDay = 24 * 60 * 60
	firstSerial   = -693594 // 0001-01-01
	lastSerial    = 2958466 // the day after 9999-12-31
	days1904      = 1462    // from 1900 to 1904
)

// appendDate appends the ISO 8601 text of a serial date: a date, a date with a time,
// or a time alone if serial is below one day. ok is false outside the years 1 to 9999.
//
// The calendar of Excel has a 29 February 1900, which becomes the 28th. It begins in
// 1900. Earlier dates are those of LibreOffice.
func appendDate(dst []byte, serial float64, date1904 bool) (out []byte, ok bool) {
	if !(serial > firstSerial && serial < lastSerial) {
		return dst, false
	}

	const msPerDay = secondsPerDay * 1000
	ms := int64(math.Round(serial * msPerDay))
	if 0 <= ms && ms < msPerDay {
		return appendClock(dst, time.UnixMilli(ms).UTC()), true
	}

	// Serial 60 is 29 February 1900. The days before it are one day later than the
	// day count says.
	switch {
	case date1904:
		ms += days1904 * msPerDay
	case 0 < ms && ms < 60*msPerDay:
		ms += msPerDay
	}

	days := ms / msPerDay
	if ms%msPerDay < 0 {
		days--
	}
	t := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(days))
	t = t.Add(time.Duration(ms-days*msPerDay) * time.Millisecond)
	if t.Year() < 1 || t.Year() > 9999 {
		return dst, false
	}

	dst = t.AppendFormat(dst, time.DateOnly)
	if t.Equal(t.Truncate(24 * time.Hour)) {
		return dst, true
	}
	return appendClock(append(dst, 'T'), t), true
}

// appendClock appends the time of day.
func appendClock(dst []byte, t time.Time) []byte {
	return t.AppendFormat(dst, "15:04:05.999")
}

// appendElapsed appends a duration as [h]:mm:ss, where the hours may exceed 24. ok is
// false for a duration beyond the range of dates.
func appendElapsed(dst []byte, days float64) (out []byte, ok bool) {
	if !(math.Abs(days) < lastSerial) {
		return dst, false
	}
	seconds := int64(math.Round(math.Abs(days) * secondsPerDay))
	if days < 0 && seconds > 0 {
		dst = append(dst, '-')
	}
	dst = strconv.AppendInt(dst, seconds/3600, 10)
	return time.Unix(seconds%3600, 0).UTC().AppendFormat(dst, ":04:05"), true
}

// appendISODate appends the text of a cell of type d. It leaves out a time of
// midnight, and a Z or an offset, because the times of a sheet have no zone. ok is
// false if text is not an ISO 8601 date or time.
func appendISODate(dst, text []byte) (out []byte, ok bool) {
	s := string(text)
	for _, layout := range []string{
		time.DateOnly, "2006-01-02T15:04:05", "2006-01-02T15:04", time.RFC3339, "15:04:05", "2006-01-02 15:04:05",
	} {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		if t.Year() > 0 {
			dst = t.AppendFormat(dst, time.DateOnly)
			if h, m, s := t.Clock(); h+m+s+t.Nanosecond() == 0 {
				return dst, true
			}
			dst = append(dst, 'T')
		}
		return appendClock(dst, t), true
	}
	return dst, false
}
