#pragma once

#include <cstddef>

namespace crmsync::sim {

/// Behaviours of which the documents are unsure, or that the service shows now and then. All off:
/// the service on a good day.
struct Switches {
    bool ignore_if_match = false;        ///< writes with a stale If-Match succeed
    bool whole_message_on_patch = false; ///< also when a minimal answer was asked for
    bool partial_delta_items = false;    ///< later rounds hold only what changed
    bool no_extended_in_later_rounds = false;
    bool lose_categories_on_send = false;
    bool new_item_on_send = false;   ///< scripts: the sent copy is a new item, the draft is erased
    bool keep_modified_time = false; ///< a change of categories leaves lastModifiedDateTime alone
    bool touch_after_write = false;  ///< the service works on an item once more after each write
    bool reverse_categories = false; ///< an item's names are shown in another order than written
    bool master_spelling = false; ///< an item's names take the master list's upper and lower case
    bool bad_request_on_double = false; ///< 400, not 409, for a name that is in the master list
    bool ignore_page_size = false;      ///< pages of a size of the server's own
    bool lower_case_property_ids = false;
    bool resync_with_location = false; ///< 410 names the URL to start from, code resyncRequired
    bool keep_old_pages = false;       ///< next links of a round never expire
    bool replay_rounds = false;        ///< a later round begins with a few changes told before
    bool hold_changes = false;         ///< delta shows nothing newer than when this was set
    std::size_t repeat_every = 0; ///< each n-th row of a page, of folders too, comes twice; 0: none
    std::size_t empty_page_every = 0;  ///< each n-th page of a round is empty; 0: none
    std::size_t conflict_next = 0;     ///< 412 for the next n writes, with If-Match or without
    std::size_t unauthorised_next = 0; ///< 401 for the next n requests with a valid token
    std::size_t refuse_part_every = 0; ///< 429 for each n-th part of all batches; 0: none
    bool limit_concurrency = true;     ///< 4 at once for each mailbox
    bool limit_requests = true;        ///< 10,000 in 10 minutes for each mailbox
    bool check_permissions = true;
    bool refuse_category_filter = false; ///< no listing by category (G-168)
    bool refuse_modified_filter = false; ///< none by time of change either
    bool refuse_delta_order = false;     ///< $orderby of a delta is not known
    bool no_folder_properties = false;   ///< extended properties of folders are refused (400)
    /// A name that is neither on the item nor in the master list cannot be written (400, G-162).
    bool refuse_unknown_category = false;

    /// Everything on that BEHAVIOUR.md documents or reports without a fault of anyone. Not what a
    /// client cannot make good: writes that go through although they are stale, categories that
    /// are gone with the sending.
    static Switches contrary()
    {
        Switches s;
        s.partial_delta_items = s.no_extended_in_later_rounds = s.whole_message_on_patch = true;
        s.lower_case_property_ids = s.keep_modified_time = true;
        s.repeat_every = 7;
        s.empty_page_every = 3;
        return s;
    }
};

} // namespace crmsync::sim
