package io.github.mtasts.policy;

import java.util.List;
import java.util.Map;

/**
 * The TXT record that announces a policy. RFC 8461 §3.1
 *
 * @param id names one instance of the policy; 1 to 32 letters and digits
 * @param extensions unknown fields, first of each name
 * @param text the record as published, its strings joined
 * @param warnings what {@link Reading#TOLERANT} forgave
 */
public record StsRecord(
    String id, Map<String, String> extensions, String text, List<String> warnings) {}
