#include "base/timestamp.hpp"
#include "fuzz.hpp"

using namespace crmsync;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text = fuzz::text_of(data, size);
    if (const auto at = parse_timestamp(text)) {
        // An offset may carry the first and the last day of the range over its edge.
        const std::string written = format_timestamp(*at);
        const bool inside = written.size() >= 20 && written[4] == '-' && written < "9999-12-31" &&
                            written > "0001-01-02";
        fuzz::must(!inside || parse_timestamp(written) == at, "a moment is read as it was written");
    }
    if (const auto span = parse_duration(text))
        fuzz::must(span->count() >= 0, "a span is not negative");
    return 0;
}
