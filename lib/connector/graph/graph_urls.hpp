#pragma once

#include "model/folder.hpp"
#include "model/ids.hpp"
#include "net/url.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace crmsync::graph {

/// The list of properties phase 1 asks for, as kept with each cursor. Raise it whenever
/// phase1_query changes: a delta token goes on telling the list it was opened with.
inline constexpr int phase1_query_version = 1;

/// "$select=…&$expand=…" of a phase 1 read, ready for a URL; with transport headers on request.
std::string phase1_query(bool with_headers = false);

/// The addresses of one mailbox at one Graph. Paths are what stands behind /v1.0; a request of its
/// own takes url(path), a part of a batch the path.
class Urls {
public:
    /// \param graph_url the host root, without a slash at the end
    /// \param mailbox address or object id
    Urls(std::string graph_url, std::string_view mailbox);

    std::string url(std::string_view path) const;

    std::string folder_delta() const;
    /// `newest_first` asks for the one order that is documented (G-91).
    std::string message_delta(const FolderId& folder, bool newest_first) const;
    std::string item_count(const FolderId& folder) const;
    std::string well_known_folder(WellKnown name) const;
    std::string message(std::string_view id, std::string_view query) const;
    std::string messages(std::string_view query) const;
    std::string attachments(std::string_view message_id) const;
    std::string attachment_value(std::string_view message_id, std::string_view id) const;
    std::string master_categories() const;
    std::string language() const; ///< of the mailbox's settings nothing else
    std::string master_category(std::string_view id) const;

    /// The folder that carries the installation's mark, read with it or written to.
    std::string marked_folder() const;
    std::string marked_folder_with_mark() const;
    /// Of the directory: by object id, or with nothing given by the mailbox's own address.
    std::string account(std::string_view object_id) const;

    /// Whether a link Graph gave leads to the configured Graph. Everything else is refused, so
    /// that no token goes elsewhere.
    bool is_ours(std::string_view link) const;
    /// A link as a part of a batch names it: less scheme, host and /v1.0, else byte for byte.
    /// Nothing where it is not ours or of another version.
    std::optional<std::string> path_of(std::string_view link) const;

private:
    std::string root_;
    net::Origin origin_;
    std::string user_; ///< "/users/ann@contoso.example"
};

/// The extended property that holds the mark: a name of our own, so nobody else's is touched.
inline constexpr std::string_view mark_property =
    "String {6b7f3d0e-5a53-4f5e-9c53-1f0c9a3f7d42} Name crmsync.installation";

/// One segment of a path: an id may hold whatever it likes.
std::string path_segment(std::string_view text);

} // namespace crmsync::graph
