#include "fuzz.hpp"
#include "match/subject.hpp"

using namespace crmsync;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text = fuzz::text_of(data, size);
    const match::Subject subject = match::read_subject(text);
    fuzz::must(subject.stripped.size() <= text.size(), "taking away does not make it longer");
    fuzz::must(match::read_subject(subject.stripped).stripped == subject.stripped,
               "nothing is left to take away");
    match::normalised_subject(text);
    return 0;
}
