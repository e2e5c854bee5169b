#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crmsync::sim {

/// What an item id names. An id in the default form also says in which folder and on which stay
/// there the item was: after a move it names nothing any more.
struct ItemId {
    std::uint64_t serial = 0;
    bool immutable = false;
    std::uint32_t placement = 0;
};

/// Makes and reads the ids of one mailbox. Ids are opaque, case-sensitive and of the lengths seen
/// on the service: 72 characters (immutable), 152 (default), 120 (folders).
class IdForms {
public:
    explicit IdForms(std::string_view mailbox_id);

    void append_immutable(std::string& out, std::uint64_t serial) const;
    void append_default(std::string& out, std::uint64_t serial, std::uint32_t folder,
                        std::uint32_t placement) const;
    std::string folder(std::uint32_t serial) const;
    std::string conversation(std::uint64_t key) const;
    /// 40 characters, another one after each change of the mailbox.
    void append_change_key(std::string& out, std::uint64_t change) const;

    enum class Reading { malformed, foreign, own };
    /// `foreign`: well formed, but of another mailbox or not an item's.
    Reading read_item(std::string_view id, ItemId& into) const;
    Reading read_folder(std::string_view id, std::uint32_t& into) const;

private:
    std::string immutable_prefix_;
    std::string default_prefix_;
    std::string folder_prefix_;
    std::string conversation_prefix_;
    std::string change_prefix_;
};

/// The id of an attachment: its message's id, shortened as the service does, and a number.
std::string attachment_id(std::string_view message_id, std::uint32_t number);
std::optional<std::uint32_t> attachment_number(std::string_view message_id, std::string_view id);

std::uint64_t hash64(std::string_view text, std::uint64_t seed = 0);
/// "8e1f2c3d-1111-4222-8333-444455556666", the same for the same text in each run.
std::string guid_of(std::string_view text);

} // namespace crmsync::sim
