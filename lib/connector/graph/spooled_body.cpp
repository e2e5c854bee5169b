#include "connector/graph/spooled_body.hpp"

#include <utility>

namespace crmsync::graph {

void SpooledBody::begin()
{
    bytes_.clear();
    file_.reset();
    sum_ = Sha256Sum();
}

void SpooledBody::take(std::string_view bytes)
{
    const auto size = static_cast<std::int64_t>(bytes_.size() + bytes.size());
    if (!file_ && size <= long_content) {
        bytes_.append(bytes);
        return;
    }
    if (!file_) {
        file_ = std::make_shared<TemporaryFile>(directory_);
        file_->append(bytes_);
        sum_.add(bytes_);
        bytes_ = std::string();
    }
    file_->append(bytes);
    sum_.add(bytes);
}

AttachmentContent SpooledBody::content()
{
    AttachmentContent content;
    if (file_)
        content.in_file = LongContent{std::move(file_), sum_.digest()};
    else
        content.bytes = std::move(bytes_);
    return content;
}

} // namespace crmsync::graph
