#include "base/text.hpp"
#include "fuzz.hpp"

using namespace crmsync;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text = fuzz::text_of(data, size);
    const std::string clean = clean_utf8(text);
    fuzz::must(clean_utf8(clean) == clean, "clean text stays as it is");
    fuzz::must(clean.find('\0') == std::string::npos, "clean text has no NUL");

    const std::string_view half = cut_utf8(clean, clean.size() / 2);
    fuzz::must(half.size() <= clean.size() / 2, "a cut is no longer than asked for");
    fuzz::must(clean_utf8(half) == half, "a cut falls between characters");

    const std::string folded = fold(clean);
    fuzz::must(same_folded(clean, clean), "a text is equal to itself");
    fuzz::must(fold(folded) == folded, "folding twice changes nothing");
    fuzz::must(trim(text).size() <= text.size(), "trimming does not make it longer");
    return 0;
}
