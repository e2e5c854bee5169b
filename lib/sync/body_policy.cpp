#include "sync/body_policy.hpp"

#include "base/text.hpp"

namespace crmsync::sync {

CutBody cut_body(std::string body, std::int64_t max_bytes)
{
    CutBody cut;
    cut.bytes = static_cast<std::int64_t>(body.size());
    cut.text = clean_utf8(body);
    if (static_cast<std::int64_t>(cut.text.size()) > max_bytes) {
        cut.text.resize(cut_utf8(cut.text, static_cast<std::size_t>(max_bytes)).size());
        cut.truncated = true;
    }
    return cut;
}

} // namespace crmsync::sync
