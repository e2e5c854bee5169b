#include "model/sender_hash.hpp"

#include "model/x500.hpp"

#include <algorithm>

namespace crmsync {

namespace {

/// In the place of a digest's first bytes: no digest begins with them by chance.
constexpr std::string_view mark = "x500name";

} // namespace

Sha256 sender_hash(std::string_view sender)
{
    if (!is_x500(sender))
        return sha256(sender);
    if (sender.starts_with("ex:"))
        sender.remove_prefix(3);
    Sha256 marked = sha256(sender);
    std::copy(mark.begin(), mark.end(), marked.begin());
    return marked;
}

bool is_x500_sender(const Sha256& sender) { return bytes_of(sender).starts_with(mark); }

bool senders_differ(const Sha256& one, const Sha256& other)
{
    static const Sha256 nobody = sha256({});
    if (one == nobody || other == nobody)
        return one != other;
    return one != other && is_x500_sender(one) == is_x500_sender(other);
}

} // namespace crmsync
